//! What can go wrong while the site folder is made.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why there is no new site folder. The one before it is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file or folder could not be read, written or renamed.
    #[error("cannot {action} {}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The npm packages of `style/` are not installed.
    #[error("{} is missing: run `npm ci --prefix {}` once", path.display(), style_dir.display())]
    PackagesMissing { path: PathBuf, style_dir: PathBuf },
    /// A program could not be started at all.
    #[error("cannot start `{program}`")]
    NotStarted {
        program: String,
        #[source]
        source: std::io::Error,
    },
    /// A program ended with a failure; its own words stand above.
    #[error("`{program}` failed ({status})")]
    Failed { program: String, status: ExitStatus },
    /// `cargo metadata` answered something that is not what it documents.
    #[error("`cargo metadata` gave no `{0}`")]
    Metadata(&'static str),
    /// `wasm-bindgen` refused the module.
    #[error("wasm-bindgen cannot bind the module")]
    Bindings(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A JSON document of ours could not be written or read.
    #[error("cannot write or read JSON")]
    Json(#[from] serde_json::Error),
}

impl BundleError {
    /// For `map_err`: says what was being done to which file.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
