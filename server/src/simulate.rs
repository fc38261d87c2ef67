//! `portal simulate`: the rules on facts from a file.

use std::io::{Read, Write};
use std::path::Path;

use domain::simulation::{Scenario, run};

use crate::serve::Failure;

/// Reads a scenario and prints the answer of the rules as JSON. What is malformed is told in one line with its place.
pub fn simulate(file: &Path) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::BadInput(format!("{}: {error}", file.display()));
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let scenario = Scenario::read(&text.map_err(unreadable)?).map_err(|error| Failure::BadInput(format!("{}: {error}", file.display())))?;
    let answer = serde_json::to_string_pretty(&run(&scenario)).map_err(|error| Failure::refused("the answer cannot be written", &error))?;
    writeln!(std::io::stdout(), "{answer}").map_err(|error| Failure::refused("the answer cannot be written", &error))
}
