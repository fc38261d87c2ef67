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
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(stem) = path.to_str().unwrap().strip_suffix(".json").filter(|stem| !stem.ends_with(".expected")) else { continue };
        let expected: Value = serde_json::from_str(&std::fs::read_to_string(format!("{stem}.expected.json")).unwrap()).unwrap();
        assert_eq!(answer_of(&portal(&["simulate", path.to_str().unwrap()], "")), expected, "{}", path.display());
        if stem.ends_with("01") {
            let scenario = std::fs::read_to_string(&path).unwrap();
            assert_eq!(answer_of(&portal(&["simulate", "-"], &scenario)), expected, "from the standard input");
        }
        compared += 1;
    }
    assert!(compared >= 25, "only {compared} examples were found");
}

/// What was printed, without the facts under each decision, which the examples leave out.
fn answer_of(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", words(output));
    let mut answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    for decision in answer["decisions"].as_array_mut().unwrap() {
        decision.as_object_mut().unwrap().remove("violations");
    }
    answer
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
