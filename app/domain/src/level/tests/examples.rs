//! The `levels` of the worked examples in `tests/simulate-examples/`.

use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::money::Money;

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn facts(scenario: &Value) -> LevelFacts {
    let partner = &scenario["partner"];
    let mut facts = LevelFacts::new(date(text(&partner["contract_date"])), text(&partner["billing"]).parse().unwrap());
    facts.exams = list(&scenario["exams"]).iter().map(|exam| date(text(exam))).collect();
    for decision in list(&scenario["staff_decisions"]) {
        facts = facts.staff(text(&decision["date"]), text(&decision["level"]).parse().unwrap());
    }
    for change in list(&scenario["billing_changes"]) {
        facts = facts.billed_by(text(&change["billing"]).parse().unwrap(), text(&change["approved"]));
    }
    for row in list(&scenario["usage"]) {
        let gross: Money = text(&row["gross"]).parse().unwrap();
        *facts.revenue.entry(month(text(&row["month"]))).or_default() += gross;
    }
    facts.closed_through = scenario["closed_through"].as_str().map(month);
    facts
}

#[test]
fn every_worked_example_has_its_levels() {
    let folder = Path::new("tests/simulate-examples");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".json").filter(|stem| !stem.ends_with(".expected")) else { continue };
        let scenario = read(&path);
        let terms: Terms = scenario.get("terms").map_or_else(Terms::default, |terms| serde_json::from_value(terms.clone()).unwrap());
        let timeline = timeline(&facts(&scenario), &TermsSchedule::constant(terms), date(text(&scenario["as_of"])));
        let levels: Vec<Value> = timeline
            .changes
            .iter()
            .map(|change| json!({ "from": change.from.to_string(), "level": change.level.as_str(), "model": change.model.as_str() }))
            .collect();
        assert_eq!(Value::from(levels), read(&folder.join(format!("{stem}.expected.json")))["levels"], "{stem}");
        compared += 1;
    }
    assert_eq!(compared, 25);
}
