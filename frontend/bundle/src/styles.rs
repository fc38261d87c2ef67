//! Tailwind and daisyUI over `style/main.css`.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::error::BundleError;
use crate::fingerprint::{Fingerprint, is_current};
use crate::project::{Project, run};

/// Makes the style sheet. Its inputs are our styles, the installed packages and every source file that may name a class.
pub fn build(project: &Project) -> Result<(PathBuf, Outcome), BundleError> {
    let style_dir = project.style_dir();
    let tailwind = project.npm_file(".bin/tailwindcss")?;
    let output = project.work_dir.join("portal.css");
    let note = project.work_dir.join("styles.inputs");

    let mut fingerprint = Fingerprint::default();
    for entry in ["main.css", "tokens.css", "fonts.css", "package-lock.json"] {
        fingerprint.add_file(&style_dir.join(entry))?;
    }
    fingerprint.add_tree(&project.root.join("app/src"), "rs")?;
    let fingerprint = fingerprint.finish();
    if is_current(&note, &fingerprint, &[&output]) {
        return Ok((output, Outcome::Unchanged));
    }

    let mut command = Command::new(tailwind);
    command.current_dir(&style_dir).args(["--input", "main.css", "--output"]).arg(&output);
    if project.release {
        command.arg("--minify");
    }
    run(&mut command, true)?;
    std::fs::write(&note, fingerprint).map_err(BundleError::file("write", &note))?;
    Ok((output, Outcome::Done))
}
