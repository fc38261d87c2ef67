//! The programme's numbers in the database.

use domain::terms::Terms;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Old decisions keep the id of this version: what it says must not follow the program's defaults.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_first_version_says_every_number_of_the_brochure(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = options.connect().await.expect("a connection");
    let stored: serde_json::Value =
        sqlx::query_scalar("select parameters from terms_versions where number = 1").fetch_one(&mut owner).await.expect("a version");
    assert_eq!(stored, serde_json::to_value(Terms::default()).expect("the brochure's terms"));
    let schedule = store::terms_versions::schedule(&mut owner).await.expect("the versions");
    assert_eq!(*schedule.on("2026-10-01".parse().expect("a day")), Terms::default());
}
