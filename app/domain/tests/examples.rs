//! The scenarios of `simulate-examples` and the answers that the rules of record demand.

#![expect(clippy::unwrap_used, reason = "a test that can't go on stops")]

use std::path::{Path, PathBuf};

use domain::simulation::{Scenario, run};
use serde_json::Value;

/// The answer without the facts under each decision, which the examples leave out.
fn answer(path: &Path) -> Value {
    let json = std::fs::read_to_string(path).unwrap();
    let scenario = Scenario::read(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut answer = serde_json::to_value(run(&scenario)).unwrap();
    for decision in answer["decisions"].as_array_mut().unwrap() {
        decision.as_object_mut().unwrap().remove("violations");
    }
    answer
}

/// Scenarios with their expected answers, in the order of their names.
fn examples(folder: &Path) -> Vec<(PathBuf, Value)> {
    let mut scenarios: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".json") && !path.to_string_lossy().ends_with(".expected.json"))
        .collect();
    scenarios.sort();
    scenarios
        .into_iter()
        .map(|path| {
            let expected = std::fs::read_to_string(path.with_extension("expected.json")).unwrap();
            (path, serde_json::from_str(&expected).unwrap())
        })
        .collect()
}

fn assert_all(folder: &Path) -> usize {
    let examples = examples(folder);
    let mut wrong = Vec::new();
    for (path, expected) in &examples {
        let answer = answer(path);
        if answer != *expected {
            wrong.push(format!("{}\n  gives {answer}\n  wants {expected}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    examples.len()
}

#[test]
fn every_example_gives_the_whole_answer_it_demands() {
    let checked = assert_all(Path::new("tests/simulate-examples"));
    assert!(checked >= 25, "only {checked} examples were found");
}

/// The folder beside the repository may hold newer examples than the copy in it.
#[test]
fn every_example_beside_the_repository_does_too_where_there_are_any() {
    let folder = Path::new("../../../shared/simulate-examples");
    if folder.is_dir() {
        assert_all(folder);
    }
}
