//! The islands: compiled, bound to JavaScript and, in a release, optimised for size.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::Outcome;
use crate::error::BundleError;
use crate::fingerprint::{Fingerprint, is_current};
use crate::project::{Project, cargo, run};

/// `wasm-opt`: smallest size, with the WebAssembly features that rustc switches on by default and every browser of
/// the last years knows. Features named here are only allowed, not asked for.
const OPTIMISER_OPTIONS: [&str; 10] = [
    "-Oz",
    "--converge",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// `esbuild`: the bindings without their comments and long names; what they export keeps its name.
const MINIFIER_OPTIONS: [&str; 3] = ["--minify", "--format=esm", "--target=es2022"];

/// The browser code of one build.
#[derive(Debug)]
pub struct BrowserCode {
    /// The JavaScript half of the bindings.
    pub script: PathBuf,
    /// The module.
    pub module: PathBuf,
    /// Scripts that the bindings import; empty in most builds.
    pub snippets: PathBuf,
}

/// Compiles `frontend` for the browser and returns the raw module. Cargo itself skips what did not change.
pub fn compile(project: &Project) -> Result<PathBuf, BundleError> {
    let profile = if project.release { "wasm-release" } else { "wasm-dev" };
    let mut command = Command::new(cargo());
    command
        .current_dir(&project.root)
        .args(["build", "--package", "frontend", "--lib", "--locked"])
        .args(["--target", "wasm32-unknown-unknown", "--profile", profile])
        .arg("--target-dir")
        .arg(&project.target_dir);
    run(&mut command, false)?;
    Ok(project.target_dir.join("wasm32-unknown-unknown").join(profile).join("frontend.wasm"))
}

/// Makes `portal.js` and `portal.wasm` from the raw module.
pub fn bind(project: &Project, raw_module: &Path) -> Result<(BrowserCode, Outcome), BundleError> {
    let folder = project.work_dir.join("bindings");
    let note = project.work_dir.join("bindings.inputs");
    let code = BrowserCode { script: folder.join("portal.js"), module: folder.join("portal_bg.wasm"), snippets: folder.join("snippets") };

    let mut fingerprint = Fingerprint::default();
    fingerprint.add_file(raw_module)?;
    fingerprint.add_file(&project.root.join("Cargo.lock"))?;
    if project.release {
        fingerprint.add(OPTIMISER_OPTIONS.join(" ").as_bytes());
        fingerprint.add_file(&project.npm_file("binaryen/package.json")?)?;
        fingerprint.add(MINIFIER_OPTIONS.join(" ").as_bytes());
        fingerprint.add_file(&project.npm_file("esbuild/package.json")?)?;
    }
    let fingerprint = fingerprint.finish();
    if is_current(&note, &fingerprint, &[&code.script, &code.module]) {
        return Ok((code, Outcome::Unchanged));
    }

    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(BundleError::file("empty", &folder))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw_module)
        .out_name("portal")
        .typescript(false)
        // `islands.js` says where the module is: its name carries a hash.
        .omit_default_module_path(true)
        .remove_name_section(project.release)
        .remove_producers_section(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(&folder)).map_err(|error| BundleError::Bindings(error.into()))?;
    if project.release {
        optimise(project, &code.module)?;
        minify(project, &code.script)?;
    }
    fs::write(&note, fingerprint).map_err(BundleError::file("write", &note))?;
    Ok((code, Outcome::Done))
}

fn optimise(project: &Project, module: &Path) -> Result<(), BundleError> {
    let optimised = module.with_extension("optimised");
    let mut command = Command::new(project.npm_file(".bin/wasm-opt")?);
    command.args(OPTIMISER_OPTIONS).arg(module).arg("-o").arg(&optimised);
    run(&mut command, true)?;
    fs::rename(&optimised, module).map_err(BundleError::file("replace", module))
}

fn minify(project: &Project, script: &Path) -> Result<(), BundleError> {
    let minified = script.with_extension("minified");
    let mut command = Command::new(project.npm_file(".bin/esbuild")?);
    command.args(MINIFIER_OPTIONS).arg("--log-level=error").arg(script).arg(format!("--outfile={}", minified.display()));
    run(&mut command, true)?;
    fs::rename(&minified, script).map_err(BundleError::file("replace", script))
}
