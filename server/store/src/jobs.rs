//! The queue of jobs: the tables that `graphile_worker` keeps in a schema of its own. Jobs are entered by the statement that makes
//! them necessary (see [`crate::partner_notices::insert`]), so they are there exactly where that was committed.

use std::borrow::Cow;

use graphile_worker_migrations::sql::GRAPHILE_WORKER_MIGRATIONS;
use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The schema of the queue.
pub const SCHEMA: &str = "graphile_worker";
/// The job that hands an e-mail to the mail server. Its payload is `{"email": "<id>"}`.
pub const SEND_EMAIL: &str = "send_email";
/// The job that closes requests for comments that nobody answered by the deadline (`TG-1`). Its payload is empty.
pub const CLOSE_UNANSWERED_COMMENTS: &str = "close_unanswered_comments";
/// The job that collects contents of files that nobody needs. It has no payload of its own.
pub const COLLECT_FILES: &str = "collect_files";
/// How often an e-mail is tried: with the library's delays that is about a day.
pub const EMAIL_ATTEMPTS: i16 = 12;

/// Where the library's migrations stand among ours.
const VERSION: i64 = 20_261_129_100_100;

/// Our migrations with the library's among them: they run as the owner of the database, like ours, so that the role which works on
/// jobs need not be able to make tables. The library finds its schema complete and leaves it alone.
pub(crate) fn with_jobs(mut ours: Migrator) -> Migrator {
    let mut migrations = ours.migrations.into_owned();
    migrations.push(installation());
    migrations.sort_by_key(|migration| migration.version);
    ours.migrations = Cow::Owned(migrations);
    ours
}

fn installation() -> Migration {
    let mut statements = vec![
        format!("create schema {SCHEMA}"),
        format!(
            "create table {SCHEMA}.migrations (id int primary key, ts timestamptz default now() not null, breaking boolean not null default false)"
        ),
    ];
    for migration in GRAPHILE_WORKER_MIGRATIONS {
        let (number, breaking) = (migration.migration_number(), migration.is_breaking());
        statements.push(format!("insert into {SCHEMA}.migrations (id, breaking) values ({number}, {breaking})"));
        statements.extend(migration.stmts.iter().map(|statement| statement.replace(":GRAPHILE_WORKER_SCHEMA", SCHEMA)));
    }
    let text = statements.iter().map(|statement| statement.trim().trim_end_matches(';')).collect::<Vec<_>>().join(";\n");
    Migration::new(VERSION, Cow::Borrowed("jobs"), MigrationType::Simple, sql(text), false)
}

fn sql(text: String) -> SqlStr {
    use sqlx::SqlSafeStr;
    // Every part of it is the library's or ours.
    sqlx::AssertSqlSafe(text).into_sql_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_installed_migrations_are_the_ones_that_were_released() {
        // A release of the library with more of them needs a step of its own after this one: this one was applied already.
        assert_eq!(GRAPHILE_WORKER_MIGRATIONS.len(), 22);
    }

    #[test]
    fn the_queue_is_there_before_what_is_granted_on_it() {
        let versions: Vec<i64> = crate::MIGRATOR.iter().map(|migration| migration.version).collect();
        assert!(versions.is_sorted());
        let place = versions.iter().position(|version| *version == VERSION).unwrap_or_default();
        assert_eq!(versions[place + 1], 20_261_129_100_200);
    }
}
