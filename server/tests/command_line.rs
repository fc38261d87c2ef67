//! The command `portal` from outside: what it prints and how it exits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn portal(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    let mut process = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn help_shows_flags_with_their_environment() {
    let output = portal(&["serve", "--help"], "");
    let help = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for shown in ["--data-dir", "PORTAL_DATA_DIR", "DATABASE_URL", "--public-origin", "--trusted-proxy", "--clock-start", "PORTAL_LISTEN"] {
        assert!(help.contains(shown), "{shown} is not in the help");
    }
}

#[test]
fn a_bad_value_exits_with_2_and_names_itself() {
    let cases: [(&[&str], &str); 4] = [
        (&["serve", "--listen", "nowhere"], "--listen"),
        (&["serve", "--clock-start", "2026-03-31T23:59:50+03:00", "--public-origin", "https://portal.example.com"], "--clock-start"),
        (&["serve"], "--public-origin"),
        (&["migrate", "--database-url", "mysql://user:hunter2@host/x"], "DATABASE_URL"),
    ];
    for (arguments, named) in cases {
        let output = portal(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains(named) && !words(&output).contains("hunter2"), "{}", words(&output));
    }
}

#[test]
fn a_database_that_is_not_there_is_a_refusal() {
    let output = portal(&["migrate", "--database-url", "postgres://nobody@127.0.0.1:1/none"], "");
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
}

#[test]
fn a_scenario_is_answered_as_the_examples_say() {
    let folder = Path::new("../app/domain/tests/simulate-examples");
    let scenario = std::fs::read_to_string(folder.join("01.json")).unwrap();
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("01.expected.json")).unwrap()).unwrap();
    let from_file = portal(&["simulate", folder.join("01.json").to_str().unwrap()], "");
    let from_input = portal(&["simulate", "-"], &scenario);
    for output in [from_file, from_input] {
        assert_eq!(output.status.code(), Some(0), "{}", words(&output));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["levels"], expected["levels"]);
    }
}

#[test]
fn a_malformed_scenario_exits_with_2_and_one_line() {
    for (input, place) in [("{", "EOF"), (r#"{"as_of": "2026-13-01"}"#, "as_of")] {
        let output = portal(&["simulate", "-"], input);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(words(&output).lines().count(), 1, "{}", words(&output));
        assert!(words(&output).contains(place), "{}", words(&output));
    }
    assert_eq!(portal(&["simulate", "/nowhere.json"], "").status.code(), Some(2));
}
