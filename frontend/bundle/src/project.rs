//! Where things are, and how a tool is run.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::BundleError;

/// The folders of one run.
#[derive(Debug)]
pub struct Project {
    /// The root of the workspace.
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target_dir: PathBuf,
    /// Results kept between runs of this kind of build.
    pub work_dir: PathBuf,
    /// Whether the build is for use and not for development.
    pub release: bool,
    /// Held to the end, so that two runs at once do not mix their results.
    _lock: File,
}

impl Project {
    /// Asks cargo for the workspace and its target directory, which an explicit `target_dir` replaces.
    pub fn locate(release: bool, target_dir: Option<PathBuf>) -> Result<Self, BundleError> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--no-deps", "--format-version", "1", "--locked"]);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| BundleError::NotStarted { program: "cargo metadata".to_owned(), source })?;
        if !output.status.success() {
            return Err(BundleError::Failed { program: "cargo metadata".to_owned(), status: output.status });
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let folder =
            |key: &'static str| metadata.get(key).and_then(|value| value.as_str()).map(PathBuf::from).ok_or(BundleError::Metadata(key));
        let root = folder("workspace_root")?;
        let target_dir = match target_dir {
            Some(chosen) => std::path::absolute(&chosen).map_err(BundleError::file("find", &chosen))?,
            None => folder("target_directory")?,
        };
        let work_dir = target_dir.join("bundle").join(if release { "release" } else { "development" });
        std::fs::create_dir_all(&work_dir).map_err(BundleError::file("create", &work_dir))?;
        let lock_path = work_dir.join("lock");
        let lock = File::create(&lock_path).map_err(BundleError::file("create", &lock_path))?;
        lock.lock().map_err(BundleError::file("lock", &lock_path))?;
        Ok(Self { root, target_dir, work_dir, release, _lock: lock })
    }

    /// The folder of the styles and of the npm packages.
    pub fn style_dir(&self) -> PathBuf {
        self.root.join("style")
    }

    /// A file of an installed npm package.
    pub fn npm_file(&self, path: &str) -> Result<PathBuf, BundleError> {
        let file = self.style_dir().join("node_modules").join(path);
        if file.exists() { Ok(file) } else { Err(BundleError::PackagesMissing { path: file, style_dir: self.style_dir() }) }
    }
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a program to its end. What it prints is shown as it comes, or only after a failure when `quiet`.
pub fn run(command: &mut Command, quiet: bool) -> Result<(), BundleError> {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let not_started = |source| BundleError::NotStarted { program: program.clone(), source };
    let status = if quiet {
        let output = command.output().map_err(not_started)?;
        if !output.status.success() {
            eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        output.status
    } else {
        command.status().map_err(not_started)?
    };
    if status.success() { Ok(()) } else { Err(BundleError::Failed { program, status }) }
}
