//! Processes of the machine that runs the tests.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

/// The processes that a process has started.
pub fn children(parent: i32) -> Vec<i32> {
    let of_parent = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse::<i32>().ok()) == Some(parent)
    };
    let names = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    names.filter(of_parent).collect()
}
