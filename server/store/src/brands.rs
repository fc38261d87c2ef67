//! Brands of White Label partners: the draft, what was published, the pictures.

use chrono::{DateTime, Utc};
use domain::brand::{BrandContent, BrandForm};
use domain::ids::{PartnerId, UserId};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// The pictures of a brand, each by the hash of its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureHashes {
    /// Logo on a light ground.
    pub logo_light: Option<String>,
    /// Logo on a dark ground.
    pub logo_dark: Option<String>,
    /// Icon of the browser's tab.
    pub favicon: Option<String>,
}

/// What a partner edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The form as typed.
    pub form: BrandForm,
    /// Its pictures.
    pub pictures: PictureHashes,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// What was published.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// Whose.
    pub partner_id: PartnerId,
    /// 1, 2, ..
    pub number: i32,
    /// The brand; none where it was taken off.
    pub content: Option<BrandContent>,
    /// Its pictures.
    pub pictures: PictureHashes,
    /// The version that was brought back, where one was.
    pub restores: Option<i32>,
    /// Who published it; none where the person is gone.
    pub published_by_name: Option<String>,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// A picture of a brand.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// SHA-256 of the bytes, in hexadecimal.
    pub content_hash: String,
    /// PNG.
    pub bytes: Vec<u8>,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {} x {})", self.content_hash, self.width, self.height)
    }
}

#[derive(FromRow)]
struct DraftRow {
    form: Json<BrandForm>,
    logo_light: Option<String>,
    logo_dark: Option<String>,
    favicon: Option<String>,
    version: i32,
    changed_at: DateTime<Utc>,
}

/// Locks everything of a partner's brand until the transaction ends: also what is not there yet.
pub async fn lock(connection: &mut Connection, partner_id: PartnerId) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 5))").bind(partner_id.to_string()).execute(connection).await?;
    Ok(())
}

/// The draft of a partner, locked until the transaction ends; none where it never began one.
pub async fn find_draft_for_update(connection: &mut Connection, partner_id: PartnerId) -> Result<Option<Draft>> {
    let row: Option<DraftRow> = sqlx::query_as(
        "select form, logo_light, logo_dark, favicon, version, changed_at from brand_drafts where partner_id = $1 for update",
    )
    .bind(partner_id.0)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(DraftRow::draft))
}

/// The draft of a partner; none where it never began one.
pub async fn find_draft(connection: &mut Connection, partner_id: PartnerId) -> Result<Option<Draft>> {
    let row: Option<DraftRow> =
        sqlx::query_as("select form, logo_light, logo_dark, favicon, version, changed_at from brand_drafts where partner_id = $1")
            .bind(partner_id.0)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(DraftRow::draft))
}

impl DraftRow {
    fn draft(self) -> Draft {
        let pictures = PictureHashes { logo_light: self.logo_light, logo_dark: self.logo_dark, favicon: self.favicon };
        Draft { form: self.form.0, pictures, version: self.version, changed_at: self.changed_at }
    }
}

/// Writes the draft of a partner in place of the one before.
pub async fn save_draft(connection: &mut Connection, partner_id: PartnerId, draft: &Draft, by: UserId) -> Result<()> {
    sqlx::query(
        "insert into brand_drafts (partner_id, form, logo_light, logo_dark, favicon, version, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (partner_id) do update
            set form = excluded.form, logo_light = excluded.logo_light, logo_dark = excluded.logo_dark, favicon = excluded.favicon,
                version = excluded.version, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(partner_id.0)
    .bind(Json(&draft.form))
    .bind(&draft.pictures.logo_light)
    .bind(&draft.pictures.logo_dark)
    .bind(&draft.pictures.favicon)
    .bind(draft.version)
    .bind(by.0)
    .bind(draft.changed_at)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct PublishedRow {
    partner_id: Uuid,
    number: i32,
    content: Option<Value>,
    logo_light: Option<String>,
    logo_dark: Option<String>,
    favicon: Option<String>,
    restores: Option<i32>,
    published_by_name: Option<String>,
    published_at: DateTime<Utc>,
}

impl TryFrom<PublishedRow> for Published {
    type Error = Error;

    fn try_from(row: PublishedRow) -> Result<Self> {
        let content = row.content.map(serde_json::from_value).transpose().map_err(|_| Error::inconsistent("brand_versions", "content"))?;
        Ok(Self {
            partner_id: row.partner_id.into(),
            number: row.number,
            content,
            pictures: PictureHashes { logo_light: row.logo_light, logo_dark: row.logo_dark, favicon: row.favicon },
            restores: row.restores,
            published_by_name: row.published_by_name,
            published_at: row.published_at,
        })
    }
}

/// A published version to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct NewVersion<'a> {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its number: one more than the newest.
    pub number: i32,
    /// The brand; none takes it off.
    pub content: Option<&'a BrandContent>,
    /// Its pictures.
    pub pictures: &'a PictureHashes,
    /// The version that is brought back.
    pub restores: Option<i32>,
    /// Who publishes.
    pub published_by: UserId,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// Records a version; false where its number is taken: somebody published at the same moment.
pub async fn insert_version(connection: &mut Connection, version: NewVersion<'_>) -> Result<bool> {
    let done = sqlx::query(
        "insert into brand_versions (partner_id, number, content, logo_light, logo_dark, favicon, restores, published_by, published_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
    )
    .bind(version.partner_id.0)
    .bind(version.number)
    .bind(version.content.map(Json))
    .bind(&version.pictures.logo_light)
    .bind(&version.pictures.logo_dark)
    .bind(&version.pictures.favicon)
    .bind(version.restores)
    .bind(version.published_by.0)
    .bind(version.published_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Versions of a partner, newest first, at most `limit`.
pub async fn versions(connection: &mut Connection, partner_id: PartnerId, limit: i64) -> Result<Vec<Published>> {
    let rows: Vec<PublishedRow> = sqlx::query_as(
        "select v.partner_id, v.number, v.content, v.logo_light, v.logo_dark, v.favicon, v.restores,
                u.display_name as published_by_name, v.published_at
           from brand_versions v left join users u on u.id = v.published_by
          where v.partner_id = $1 order by v.number desc limit $2",
    )
    .bind(partner_id.0)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One version of a partner.
pub async fn find_version(connection: &mut Connection, partner_id: PartnerId, number: i32) -> Result<Option<Published>> {
    let row: Option<PublishedRow> = sqlx::query_as(
        "select partner_id, number, content, logo_light, logo_dark, favicon, restores, null as published_by_name, published_at
           from brand_versions where partner_id = $1 and number = $2",
    )
    .bind(partner_id.0)
    .bind(number)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The newest version of every partner that has one. What can't be read is left out and told to the log: it keeps nobody else's from
/// being shown.
pub async fn newest_of_all(connection: &mut Connection) -> Result<Vec<Published>> {
    let rows: Vec<PublishedRow> = sqlx::query_as(
        "select distinct on (partner_id) partner_id, number, content, logo_light, logo_dark, favicon, restores, null as published_by_name, published_at
           from brand_versions order by partner_id, number desc",
    )
    .fetch_all(connection)
    .await?;
    let read = |row: PublishedRow| {
        let partner_id = row.partner_id;
        let read = Published::try_from(row);
        read.map_err(|error| tracing::error!(%partner_id, error = &error as &dyn std::error::Error, "a brand can't be read")).ok()
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Keeps a picture; the same one again is kept once.
pub async fn insert_picture(
    connection: &mut Connection,
    partner_id: PartnerId,
    picture: &Picture,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into brand_pictures (partner_id, content_hash, bytes, width, height, sent_by, sent_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing",
    )
    .bind(partner_id.0)
    .bind(&picture.content_hash)
    .bind(&picture.bytes)
    .bind(picture.width)
    .bind(picture.height)
    .bind(by.0)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets go of the pictures of a partner that neither its draft nor any version shows.
pub async fn forget_unused_pictures(connection: &mut Connection, partner_id: PartnerId) -> Result<()> {
    sqlx::query(
        "delete from brand_pictures p where p.partner_id = $1
            and not exists (select from brand_drafts d
                             where d.partner_id = $1 and p.content_hash in (d.logo_light, d.logo_dark, d.favicon))
            and not exists (select from brand_versions v
                             where v.partner_id = $1 and p.content_hash in (v.logo_light, v.logo_dark, v.favicon))",
    )
    .bind(partner_id.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// A picture of a partner.
pub async fn find_picture(connection: &mut Connection, partner_id: PartnerId, content_hash: &str) -> Result<Option<Picture>> {
    let row: Option<(String, Vec<u8>, i32, i32)> =
        sqlx::query_as("select content_hash, bytes, width, height from brand_pictures where partner_id = $1 and content_hash = $2")
            .bind(partner_id.0)
            .bind(content_hash)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(content_hash, bytes, width, height)| Picture { content_hash, bytes, width, height }))
}
