//! Topics of news that partners comment on (`TG-1`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, UserId};
use domain::telegram_comment::{Topic, Topics};
use uuid::Uuid;

use crate::{Connection, Error, Result};

fn topic(text: &str) -> Result<Topic> {
    text.parse().map_err(|_| Error::inconsistent("comment_topics", "topic"))
}

/// The topics that a partner chose; none where it did not opt in.
pub async fn of_partner(connection: &mut Connection, partner_id: PartnerId) -> Result<Topics> {
    let texts: Vec<String> =
        sqlx::query_scalar("select topic from comment_topics where partner_id = $1").bind(partner_id.0).fetch_all(connection).await?;
    texts.iter().map(|text| topic(text)).collect()
}

/// The topics of every partner that opted in.
pub async fn of_all(connection: &mut Connection) -> Result<BTreeMap<PartnerId, Topics>> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as("select partner_id, topic from comment_topics").fetch_all(connection).await?;
    let mut chosen: BTreeMap<PartnerId, Topics> = BTreeMap::new();
    for (partner, text) in rows {
        chosen.entry(partner.into()).or_default().insert(topic(&text)?);
    }
    Ok(chosen)
}

/// Writes the topics that a partner chose, in place of those before. A topic that stays keeps who chose it first, and when.
pub async fn replace(
    connection: &mut Connection,
    partner_id: PartnerId,
    topics: &Topics,
    chosen_by: UserId,
    chosen_at: DateTime<Utc>,
) -> Result<()> {
    let topics: Vec<&str> = topics.iter().map(|topic| topic.as_str()).collect();
    sqlx::query("delete from comment_topics where partner_id = $1 and topic <> all($2)")
        .bind(partner_id.0)
        .bind(&topics)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into comment_topics (partner_id, topic, chosen_by, chosen_at) select $1, t, $3, $4 from unnest($2::text[]) as t
         on conflict do nothing",
    )
    .bind(partner_id.0)
    .bind(&topics)
    .bind(chosen_by.0)
    .bind(chosen_at)
    .execute(connection)
    .await?;
    Ok(())
}
