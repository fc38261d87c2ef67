//! Content hashes: for file names, and to see that a step has nothing to do.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::BundleError;

/// A running hash over the inputs of one step.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Adds a value, separated from its neighbours by its length.
    pub fn add(&mut self, value: &[u8]) {
        self.0.update((value.len() as u64).to_le_bytes());
        self.0.update(value);
    }

    /// Adds the content of a file.
    pub fn add_file(&mut self, path: &Path) -> Result<(), BundleError> {
        self.add(&fs::read(path).map_err(BundleError::file("read", path))?);
        Ok(())
    }

    /// Adds the names and contents of the files below a folder that end in `.extension`, in the order of their names.
    pub fn add_tree(&mut self, folder: &Path, extension: &str) -> Result<(), BundleError> {
        for path in files_below(folder)? {
            if path.extension().is_some_and(|found| found == extension) {
                self.add(path.to_string_lossy().as_bytes());
                self.add_file(&path)?;
            }
        }
        Ok(())
    }

    /// The hash as 64 hexadecimal digits.
    pub fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// The part of a file name that changes with its content: 16 hexadecimal digits.
pub fn content_hash(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content)[..8])
}

/// Whether `outputs` all exist and were made from inputs with this fingerprint, as the note at `note` says.
pub fn is_current(note: &Path, fingerprint: &str, outputs: &[&Path]) -> bool {
    outputs.iter().all(|path| path.exists()) && fs::read_to_string(note).is_ok_and(|noted| noted == fingerprint)
}

/// Every file below a folder, in the order of their paths; hidden files are left out.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, BundleError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(BundleError::file("list", &folder))? {
            let entry = entry.map_err(BundleError::file("list", &folder))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_do_not_run_into_each_other() {
        let mut apart = Fingerprint::default();
        apart.add(b"ab");
        apart.add(b"c");
        let mut shifted = Fingerprint::default();
        shifted.add(b"a");
        shifted.add(b"bc");
        assert_ne!(apart.finish(), shifted.finish());
    }

    #[test]
    fn the_name_of_a_file_follows_its_content() {
        assert_eq!(content_hash(b""), "e3b0c44298fc1c14");
        assert_ne!(content_hash(b"a"), content_hash(b"b"));
    }
}
