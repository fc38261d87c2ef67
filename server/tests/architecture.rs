//! The crates and who may use whom.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Which crates of ours a crate may use. A crate that is not listed here is a mistake, too.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("documents", &["domain"]),
    ("store", &["domain"]),
    ("service", &["domain", "store"]),
    ("app", &["domain", "service"]),
    ("server", &["app", "documents", "domain", "service", "store"]),
    ("frontend", &["app"]),
    ("bundle", &[]),
];

/// Crates that only some of ours may use: SQL in `store` (and `server`, which connects and starts the database), and in tests.
const RESERVED: &[(&str, &[&str])] =
    &[("sqlx", &["store", "server"]), ("axum", &["app", "server"]), ("tokio", &["app", "store", "service", "server"])];

/// A dependency: its name, whether it is for tests, whether it is optional.
struct Edge {
    to: String,
    development: bool,
    optional: bool,
}

fn edges() -> BTreeMap<String, Vec<Edge>> {
    // Asked when the test runs: a binary built in one clone may run in another (they share the folder of the build).
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", "Cargo.toml"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let edges = package["dependencies"].as_array().expect("dependencies").iter().map(|dependency| Edge {
                to: dependency["name"].as_str().expect("a name").to_owned(),
                development: dependency["kind"] == "dev",
                optional: dependency["optional"] == true,
            });
            (package["name"].as_str().expect("a name").to_owned(), edges.collect())
        })
        .collect()
}

#[test]
fn crates_use_each_other_in_the_one_allowed_direction() {
    let edges = edges();
    let ours: Vec<&str> = edges.keys().map(String::as_str).collect();
    for (name, edges) in &edges {
        let (_, allowed) =
            ALLOWED.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("say in this test what crate `{name}` may use"));
        for edge in edges.iter().filter(|edge| ours.contains(&edge.to.as_str())) {
            assert!(allowed.contains(&edge.to.as_str()), "`{name}` must not use `{}`", edge.to);
        }
    }
}

#[test]
fn the_browser_gets_no_server_code() {
    let edges = edges();
    let service = edges["app"].iter().find(|edge| edge.to == "service");
    assert!(service.is_none_or(|edge| edge.optional), "`app` may use `service` under its feature `ssr` only");
}

#[test]
fn the_database_and_the_network_stay_in_their_rooms() {
    let edges = edges();
    for (reserved, rooms) in RESERVED {
        for (name, edges) in &edges {
            let used = edges.iter().any(|edge| edge.to == *reserved && !edge.development);
            assert!(!used || rooms.contains(&name.as_str()), "`{name}` must not use `{reserved}`");
        }
    }
}
