//! Reads a billing file in a thread of its own while the database takes its rows.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};

use domain::calendar::Month;
use domain::ids::UsageImportId;
use domain::money::Money;
use domain::usage::{Columns, LineProblem, Reference, RowProblem, delimiter_of};
use sha2::{Digest, Sha256};
use store::Connection;
use store::usage_imports::staging_line;
use tokio::sync::mpsc;

use super::PROBLEMS_KEPT;
use crate::{Error, Result};

/// Bytes of COPY that go to the database at once.
const CHUNK: usize = 256 * 1024;
/// Bytes in which the header is looked for to tell the delimiter.
const HEADER_BYTES: u64 = 16 * 1024;

/// What a file held.
#[derive(Clone, Debug, Default)]
pub(super) struct FileReading {
    /// Rows without the header.
    pub(super) row_count: u64,
    /// Sum of the good rows' amounts, RUB.
    pub(super) gross_total: Money,
    /// Months of the good rows.
    pub(super) months: Vec<Month>,
    /// The first problems, by line.
    pub(super) problems: Vec<LineProblem>,
    /// How many there are.
    pub(super) problem_count: u64,
    /// SHA-256 of the whole file.
    pub(super) content_sha256: Vec<u8>,
}

impl FileReading {
    fn add(&mut self, line: u64, problems: Vec<RowProblem>) {
        for problem in problems {
            self.problem_count += 1;
            if self.problems.len() < PROBLEMS_KEPT {
                self.problems.push(LineProblem { line, problem });
            }
        }
    }
}

/// Reads a file and stages its good rows.
pub(super) async fn stage(
    connection: &mut Connection,
    file: impl Read + Send + 'static,
    reference: Reference,
    id: UsageImportId,
) -> Result<FileReading> {
    let (sender, mut chunks) = mpsc::channel::<Vec<u8>>(4);
    let reading = tokio::task::spawn_blocking(move || {
        // A failed send means that the database side gave up; its error is the one that counts.
        read_file(file, &reference, id, |chunk| sender.blocking_send(chunk).map_err(io::Error::other))
    });
    let mut copy = store::usage_imports::stage(connection).await?;
    while let Some(chunk) = chunks.recv().await {
        copy.send(chunk).await?;
    }
    let reading = reading.await.map_err(Error::unexpected)?.map_err(Error::unexpected)?;
    copy.finish().await?;
    Ok(reading)
}

/// Reads a file: good rows go to `take` as lines of COPY, everything else is counted.
pub(super) fn read_file(
    file: impl Read,
    reference: &Reference,
    id: UsageImportId,
    mut take: impl FnMut(Vec<u8>) -> io::Result<()>,
) -> io::Result<FileReading> {
    let mut file = Hashing { inner: file, digest: Sha256::new() };
    let mut beginning = Vec::new();
    (&mut file).take(HEADER_BYTES).read_to_end(&mut beginning)?;
    let delimiter = delimiter_of(&beginning);
    let mark = if beginning.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let whole = Cursor::new(beginning.split_off(mark)).chain(file);
    // Only the line feed ends a record, and the last one has it too: then the reader's line is that of the record it just
    // read. A carriage return before it is white space at the end of the last field.
    let whole = whole.chain(&b"\n"[..]);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::Any(b'\n'))
        .has_headers(false)
        .flexible(true)
        .from_reader(whole);

    let id = id.to_string();
    let mut reading = FileReading::default();
    let mut months = BTreeSet::new();
    let mut columns: Option<Columns> = None;
    let mut buffer = Vec::with_capacity(CHUNK + 4096);
    let mut record = csv::ByteRecord::new();
    let mut readable = true;
    while readable && reader.read_byte_record(&mut record).map_err(io::Error::other)? {
        if record.iter().eq([b"\r"]) {
            continue;
        }
        let line = reader.position().line().saturating_sub(1 + line_feeds(&record));
        let fields: std::result::Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
        let Some(columns) = &columns else {
            let found = fields.map_err(|_| vec![RowProblem::NotUtf8]).and_then(|header| Columns::find(&header));
            match found {
                Ok(found) => columns = Some(found),
                Err(problems) => {
                    reading.add(line, problems);
                    // Without its header the file says nothing.
                    readable = false;
                }
            }
            continue;
        };
        reading.row_count += 1;
        match fields.map_err(|_| vec![RowProblem::NotUtf8]).and_then(|fields| columns.read(&fields, reference)) {
            Ok(row) => {
                reading.gross_total += row.gross;
                months.insert(row.month);
                staging_line(&mut buffer, &id, line, &row);
                if buffer.len() >= CHUNK {
                    take(std::mem::replace(&mut buffer, Vec::with_capacity(CHUNK + 4096)))?;
                }
            }
            Err(problems) => reading.add(line, problems),
        }
    }
    if !buffer.is_empty() {
        take(buffer)?;
    }
    if readable && reading.row_count == 0 {
        reading.add(1, vec![RowProblem::NoRows]);
    }
    let (whole, _) = reader.into_inner().into_inner();
    let (_, mut file) = whole.into_inner();
    io::copy(&mut file, &mut io::sink())?;
    reading.content_sha256 = file.digest.finalize().to_vec();
    reading.months = months.into_iter().collect();
    Ok(reading)
}

/// Line feeds inside a record's quoted fields.
fn line_feeds(record: &csv::ByteRecord) -> u64 {
    record.as_slice().iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// A reader that hashes what passes.
struct Hashing<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use domain::calendar::BusinessDate;
    use domain::usage::KnownPartner;

    use super::*;

    fn problem_lines(file: &str) -> Vec<u64> {
        let day = |text: &str| text.parse::<BusinessDate>().expect("a day");
        let partner = KnownPartner { code: "P-0001".to_owned(), inn: "7707083893".to_owned(), contract_date: day("2026-01-15") };
        let services = [("kvm".parse().expect("a code"), vec!["KVM".to_owned()])];
        let reference = Reference::new([partner], services, day("2026-10-10"), None, false);
        let id = UsageImportId::from(uuid::Uuid::nil());
        let reading = read_file(Cursor::new(file.as_bytes().to_vec()), &reference, id, |_| Ok(())).expect("a reading");
        assert_eq!(reading.content_sha256, Sha256::digest(file.as_bytes()).to_vec());
        reading.problems.iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn a_problem_is_found_on_the_line_that_an_editor_shows() {
        let header = "partner;client_inn;client_name;service;resource;month;gross";
        let good = "P-0001;7736050003;a;kvm;vm-1;2026-09;1";
        let long = "P-0001;7736050003;\"a\nb\";kvm;vm-1;2026-09;1";
        let bad = "P-0001;7736050003;a;kvm;vm-1;2026-09;-1";
        let quoted = "P-0001;7736050003;a;kvm;vm-1;2026-09;\"-1\"";
        for end in ["\n", "\r\n"] {
            let file = |lines: &[&str]| lines.join(end);
            assert_eq!(problem_lines(&file(&[header, bad, good, bad, ""])), [2, 4]);
            assert_eq!(problem_lines(&file(&[header, good, bad])), [3], "without an end of the last line");
            assert_eq!(problem_lines(&file(&["", header, "", "", quoted, "", bad, "", ""])), [5, 7], "blank lines count");
            // The field over two lines is a problem of its own; it stands where it begins.
            assert_eq!(problem_lines(&file(&[header, long, bad])), [2, 4]);
            assert_eq!(problem_lines(&file(&[""])), [1]);
        }
    }
}
