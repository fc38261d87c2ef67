//! Where every act leads from every position, by kind and role, as a table that a person can read: `output/transitions.txt`.
//!
//! `UPDATE_OUTPUT=1 cargo test -p domain --test transitions` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use domain::request::{ActName, Performer, Position, RequestKind, transition};

const PATH: &str = "tests/output/transitions.txt";

fn legal(kind: RequestKind) -> impl Iterator<Item = Position> {
    Position::every().filter(move |position| position.is_legal(kind))
}

fn table() -> Result<String, std::fmt::Error> {
    let mut table = format!("{:<16} {:<24} {:<18}", "kind", "position", "act");
    for performer in Performer::ALL {
        write!(table, " | {:<26}", performer.as_str())?;
    }
    table.push('\n');
    for kind in RequestKind::ALL {
        for position in legal(kind) {
            table.push('\n');
            for act in ActName::ALL {
                write!(table, "{kind:<16} {:<24} {:<18}", position.to_string(), act.as_str())?;
                for performer in Performer::ALL {
                    let cell = match transition(kind, position, *act, performer) {
                        Ok(to) => format!("-> {to}"),
                        Err(denial) => format!("no {denial}"),
                    };
                    write!(table, " | {cell:<26}")?;
                }
                table.push('\n');
            }
        }
    }
    Ok(table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n"))
}

#[test]
fn every_act_leads_where_the_table_says() {
    let table = table().unwrap();
    if std::env::var_os("UPDATE_OUTPUT").is_some() {
        std::fs::write(Path::new(PATH), &table).unwrap();
    }
    let kept = std::fs::read_to_string(PATH).unwrap();
    let differs = kept.lines().zip(table.lines()).find(|(kept, now)| kept != now);
    assert_eq!(differs, None, "the first row that differs: kept, now");
    assert!(kept == table, "rows are missing or left over");
}

#[test]
fn every_kind_position_act_and_role_has_its_row() {
    let kept = std::fs::read_to_string(PATH).unwrap();
    let mut rows = BTreeSet::new();
    for line in kept.lines().skip(1).filter(|line| !line.is_empty()) {
        let mut cells = line.split('|').map(str::trim);
        let key: Vec<String> = cells.next().unwrap().split_whitespace().map(str::to_owned).collect();
        let answers: Vec<&str> = cells.collect();
        assert_eq!((key.len(), answers.len()), (3, Performer::ALL.len()), "{line}");
        assert!(answers.iter().all(|answer| answer.starts_with("-> ") || answer.starts_with("no ")), "{line}");
        assert!(rows.insert(key), "twice: {line}");
    }
    for kind in RequestKind::ALL {
        for position in legal(kind) {
            for act in ActName::ALL {
                let key = [kind.to_string(), position.to_string(), act.to_string()];
                assert!(rows.remove(key.as_slice()), "no row: {key:?}");
            }
        }
    }
    assert!(rows.is_empty(), "rows of nothing: {rows:?}");
}
