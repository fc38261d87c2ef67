//! Token buckets of sign-in tries, shared by every process.

use chrono::{DateTime, Utc};

use crate::{Connection, Result};

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// Tries that may come at once.
    pub burst: f64,
    /// Tries gained per second.
    pub per_second: f64,
}

/// Takes one try from a bucket in one atomic statement. `false` where it is empty.
pub async fn take(connection: &mut Connection, key: &str, bucket: Bucket, now: DateTime<Utc>) -> Result<bool> {
    let taken: Option<f64> = sqlx::query_scalar(
        "insert into sign_in_buckets as b (key, tokens, counted_at) values ($1, $2 - 1, $4)
         on conflict (key) do update
            set tokens = least($2, b.tokens + greatest(0, extract(epoch from $4 - b.counted_at))::double precision * $3) - 1,
                counted_at = greatest(b.counted_at, $4)
          where least($2, b.tokens + greatest(0, extract(epoch from $4 - b.counted_at))::double precision * $3) >= 1
         returning tokens",
    )
    .bind(key)
    .bind(bucket.burst)
    .bind(bucket.per_second)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(taken.is_some())
}

/// Fills a bucket again, after a sign-in that succeeded.
pub async fn reset(connection: &mut Connection, key: &str) -> Result<()> {
    sqlx::query("delete from sign_in_buckets where key = $1").bind(key).execute(connection).await?;
    Ok(())
}

/// Forgets buckets not counted since a moment: they are full again.
pub async fn delete_older_than(connection: &mut Connection, moment: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query("delete from sign_in_buckets where counted_at < $1").bind(moment).execute(connection).await?;
    Ok(done.rows_affected())
}
