//! The crates and who may use whom.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Which crates of ours a crate may use. A crate that is not listed here is a mistake, too.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("documents", &["domain"]),
    ("files", &[]),
    ("hosts", &[]),
    ("store", &["domain"]),
    ("service", &["domain", "files", "hosts", "store"]),
    ("app", &["domain", "service"]),
    ("server", &["app", "documents", "domain", "files", "hosts", "service", "store"]),
    ("frontend", &["app"]),
    ("bundle", &[]),
];

/// Crates that only some of ours may use: SQL in `store` (and `server`, which connects, starts the database and runs the worker of jobs),
/// mail in `server`, DNS in `hosts`, and in tests.
const RESERVED: &[(&str, &[&str])] = &[
    ("sqlx", &["store", "server"]),
    ("axum", &["app", "server"]),
    ("tokio", &["app", "files", "hosts", "store", "service", "server"]),
    ("graphile_worker", &["server"]),
    ("graphile_worker_migrations", &["store"]),
    ("lettre", &["server"]),
    ("hickory-resolver", &["hosts"]),
];

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

/// The names and versions of every package that is built, from the lock file.
fn locked() -> Vec<(String, String)> {
    let lock = std::fs::read_to_string("../Cargo.lock").expect("the lock file");
    let value = |package: &str, key: &str| {
        let (_, rest) = package.split_once(&format!("{key} = \""))?;
        rest.split('"').next().map(ToOwned::to_owned)
    };
    lock.split("[[package]]").filter_map(|package| Some((value(package, "name")?, value(package, "version")?))).collect()
}

#[test]
fn there_is_one_tower_sessions_and_no_store_of_sessions_but_ours() {
    let locked = locked();
    assert!(locked.len() > 100, "the lock file was read");
    let versions: Vec<&str> =
        locked.iter().filter(|(name, _)| name == "tower-sessions-core").map(|(_, version)| version.as_str()).collect();
    assert_eq!(versions.len(), 1, "two versions of the trait would make two kinds of session: {versions:?}");
    let stores: Vec<&str> =
        locked.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("tower-sessions-") && name.contains("store")).collect();
    assert_eq!(stores, [""; 0], "sessions are kept by `service::sessions`");
}

/// Every Rust source below a folder.
fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn text_areas_are_written_in_one_place() {
    let mut found = Vec::new();
    sources(std::path::Path::new("../app/src"), &mut found);
    assert!(found.len() > 50, "the sources of the site were found");
    let mut written = Vec::new();
    for path in &found {
        let text = std::fs::read_to_string(path).expect("a source");
        // What a comment names is no element.
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let count: usize = lines.map(|line| line.matches("<textarea").count() + line.matches("textarea()").count()).sum();
        if count > 0 {
            written.push(format!("{} {count}", path.display()));
        }
    }
    assert_eq!(written, ["../app/src/form.rs 1"], "leptos writes what stands in a text area unescaped; `form::Control::TextArea` does not");
}

/// Files in which HTML is written as a text, once each, with what makes it safe there. Everything else goes through the templates, which
/// escape.
const WRITES_HTML: [&str; 4] = [
    // A drawing of the icon set, compiled in.
    "../app/src/components/icon.rs 1",
    // Markdown: what was typed is text, or an element that the parser made of it.
    "../app/src/components/markdown.rs 1",
    // The content of a text area, escaped beside it.
    "../app/src/form.rs 1",
    // `Markup`, which escapes every text and value.
    "../app/src/partner/what_if/what_if_island.rs 1",
];

#[test]
fn html_is_written_as_a_text_in_its_known_places_only() {
    let mut found = Vec::new();
    for folder in ["../app/src", "../frontend/src", "src"] {
        sources(std::path::Path::new(folder), &mut found);
    }
    assert!(found.len() > 50, "the sources of the site were found");
    let ways = ["inner_html", "outer_html", "insert_adjacent_html", "document_write", "create_contextual_fragment"];
    let mut written = Vec::new();
    for path in &found {
        let text = std::fs::read_to_string(path).expect("a source");
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let count: usize = lines.map(|line| ways.iter().map(|way| line.matches(way).count()).sum::<usize>()).sum();
        if count > 0 {
            written.push(format!("{} {count}", path.display()));
        }
    }
    written.sort();
    assert_eq!(written, WRITES_HTML, "what writes HTML as a text says in this test why nothing typed gets there unescaped");
}
