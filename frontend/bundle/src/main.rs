//! `bundle`: makes the site folder that the server serves.
//!
//! ```text
//! cargo run -p bundle                 # development: fast to build
//! cargo run -p bundle -- --release    # small: optimised, minified, compressed beforehand
//! ```
//!
//! 1. [`browser_code`]: the islands, compiled to WebAssembly, bound to JavaScript, in a release optimised for size;
//! 2. [`styles`]: Tailwind and daisyUI over `style/main.css`;
//! 3. [`site`]: content hashes in names, fonts, assets, compressed copies, and `manifest.json`, which the server
//!    reads when it starts.
//!
//! A step whose inputs did not change is skipped. Files are added beside those of earlier builds and the manifest
//! is replaced last, so a server that runs on the folder always finds every file it names.

mod browser_code;
mod error;
mod fingerprint;
mod project;
mod site;
mod styles;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::error::BundleError;
use crate::project::Project;

/// Makes the site folder: browser code, styles, content hashes and compressed copies.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Optimise, minify and compress; without it the build is fast and its output large.
    #[arg(long)]
    release: bool,
    /// The folder to fill [default: `site` in the target directory]
    #[arg(long, value_name = "DIR")]
    site_dir: Option<PathBuf>,
    /// Cargo's target directory [default: the one that cargo itself uses]
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
}

fn main() -> ExitCode {
    match bundle(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn bundle(arguments: &Arguments) -> Result<(), BundleError> {
    let project = Project::locate(arguments.release, arguments.target_dir.clone())?;
    let site_dir = arguments.site_dir.clone().unwrap_or_else(|| project.target_dir.join("site"));
    let began = Instant::now();

    let module = step("compile the islands", || browser_code::compile(&project).map(|module| (module, Outcome::Done)))?;
    let code = step(if project.release { "bind and optimise" } else { "bind" }, || browser_code::bind(&project, &module))?;
    let style = step("styles", || styles::build(&project))?;
    let report = step("site folder", || site::write(&project, &site_dir, &code, &style))?;

    for file in &report {
        println!("  {file}");
    }
    println!("bundle: {} is ready after {:.1} s", site_dir.display(), began.elapsed().as_secs_f64());
    Ok(())
}

/// Whether a step had anything to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Unchanged,
}

/// Runs one step and says how long it took.
fn step<T>(name: &str, work: impl FnOnce() -> Result<(T, Outcome), BundleError>) -> Result<T, BundleError> {
    let began = Instant::now();
    let (value, outcome) = work()?;
    let remark = if outcome == Outcome::Unchanged { "  unchanged" } else { "" };
    println!("bundle: {name:<20} {:>6.1} s{remark}", began.elapsed().as_secs_f64());
    Ok(value)
}
