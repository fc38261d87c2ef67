//! How long a million rows take. Run by itself, built for release:
//! `cargo nextest run --release -p service --run-ignored only --no-capture a_million_rows`

use std::fmt::Write;
use std::time::Instant;

use domain::model::BillingSide;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{COMMAND, HEADER, Portal, inn, month};

const PARTNERS: u32 = 1_000;
const CLIENTS: u32 = 10;
const RESOURCES: u32 = 10;
const MONTHS: u32 = 10;

#[ignore = "prints a duration and takes half a minute; no assertion rests on it"]
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_million_rows(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-10T12:00:00+03:00").await;
    for number in 1..=PARTNERS {
        portal.partner(number, "2026-01-01", BillingSide::Provider).await;
    }
    let services = ["kvm", "kvm_vgpu", "hyperv", "databases", "kubernetes", "mont_office", "backup", "object_storage", "network"];
    let mut file = HEADER.to_owned();
    for partner in 1..=PARTNERS {
        for client in 0..CLIENTS {
            for resource in 0..RESOURCES {
                for month in 1..=MONTHS {
                    let number = partner * CLIENTS + client;
                    let service = services[(resource % 9) as usize];
                    writeln!(
                        file,
                        "P-{partner:04};{};ООО «Клиент {number}»;{service};vm-{resource};2026-{month:02};{},{month:02}",
                        inn(number),
                        300 + resource
                    )
                    .expect("a line");
                }
            }
        }
    }
    println!("file: {} bytes", file.len());
    let started = Instant::now();
    let preview = portal.preview(file.clone(), false).await;
    println!("preview: {:?} for {} rows, {} new", started.elapsed(), preview.import.row_count, preview.import.new_count);
    let committing = Instant::now();
    portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a commit");
    println!("commit: {:?}; both: {:?}", committing.elapsed(), started.elapsed());
    let again = Instant::now();
    let second = portal.preview(file, false).await;
    println!("preview of the same file: {:?}, {} unchanged", again.elapsed(), second.import.unchanged_count);
    let closing = Instant::now();
    portal.services.month_close(COMMAND, month("2026-01")).await.expect("a close");
    println!("close of a month of {PARTNERS} partners: {:?}", closing.elapsed());
    assert_eq!(second.import.unchanged_count, 1_000_000);
    portal.assert_revenue_is_the_sum_of_rows().await;
}

#[ignore = "prints a duration; no assertion rests on it"]
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn how_long_the_demo_takes(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-10T12:00:00+03:00").await;
    let started = Instant::now();
    portal.services.demo_load(service::demo::DEMO_SEED).await.expect("a demo");
    println!("demo: {:?}", started.elapsed());
}
