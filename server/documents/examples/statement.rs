//! Writes a sample statement into a folder, in both languages and all formats, and tells how long each took:
//! `cargo run --release -p documents --example statement -- FOLDER [ROWS]`.

#![expect(clippy::expect_used, reason = "a sample that fails by panicking")]

use std::path::PathBuf;
use std::time::Instant;

use documents::{Document, DocumentError, Language, csv, pdf, xlsx};

#[path = "../tests/support/mod.rs"]
mod support;

/// Writes a document.
type Writer = fn(&Document) -> Result<Vec<u8>, DocumentError>;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the folder to write into"));
    let rows = arguments.next().map_or(300, |rows| rows.parse().expect("a number of rows"));
    let writers: [(&str, Writer); 3] = [("pdf", pdf), ("xlsx", xlsx), ("csv", csv)];
    for language in [Language::Russian, Language::English] {
        let document = support::statement(language, rows);
        for (extension, write) in writers {
            let start = Instant::now();
            let bytes = write(&document).expect("the sample is sound");
            println!("{} {extension}: {} bytes in {:?}", language.code(), bytes.len(), start.elapsed());
            std::fs::write(folder.join(format!("statement.{}.{extension}", language.code())), bytes).expect("the folder takes files");
        }
    }
}
