//! Who may do what, as a table that a person can read: `output/permissions.txt`.
//!
//! `UPDATE_OUTPUT=1 cargo test -p domain --test permissions` writes it anew.

use std::fmt::Write;
use std::path::Path;

use domain::permission::{Action, Role, may};

#[test]
fn every_role_may_do_what_the_table_says() {
    let mut table = format!("{:<20}", "");
    for role in Role::ALL {
        write!(table, " {role:<14}").unwrap();
    }
    for action in Action::ALL {
        write!(table, "\n{:<20}", action.as_str()).unwrap();
        for role in Role::ALL {
            write!(table, " {:<14}", if may(role, *action) { "yes" } else { "-" }).unwrap();
        }
    }
    let table: String = table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n");
    let path = Path::new("tests/output/permissions.txt");
    if std::env::var_os("UPDATE_OUTPUT").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), table);
}
