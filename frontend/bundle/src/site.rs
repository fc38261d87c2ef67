//! The site folder: what the server serves as files.
//!
//! ```text
//! manifest.json                 names of this build; read by the server when it starts
//! favicon.svg robots.txt ..     `assets/` as it is
//! pkg/portal.<hash>.js .wasm .css, pkg/islands.<hash>.js, pkg/golos-text-*.<hash>.woff2, pkg/onest-*.<hash>.woff2
//! pkg/*.br, pkg/*.gz            compressed beforehand, in a release
//! ```
//!
//! Everything in `pkg/` may be cached for ever: another content has another name.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Outcome;
use crate::browser_code::BrowserCode;
use crate::error::BundleError;
use crate::fingerprint::{content_hash, files_below};
use crate::project::Project;

/// The fonts: the portal's own, and the one that a brand may choose instead.
const FONTS: [&str; 2] = ["golos-text", "onest"];
/// The scripts of each; the first two of the portal's own are on every page.
const FONT_SUBSETS: [&str; 4] = ["cyrillic", "latin", "cyrillic-ext", "latin-ext"];
const PRELOADED_SUBSETS: usize = 2;

/// How many builds before this one keep their files, for the servers and the open pages that still name them.
const BUILDS_KEPT: usize = 3;

/// Fills the folder and returns one line per file that a first page loads.
pub fn write(project: &Project, site_dir: &Path, code: &BrowserCode, style: &Path) -> Result<(Vec<String>, Outcome), BundleError> {
    let mut folder =
        SiteFolder { site_dir, compressed: project.release, files: BTreeSet::new(), report: Vec::new(), outcome: Outcome::Unchanged };
    let package_dir = site_dir.join("pkg");
    fs::create_dir_all(&package_dir).map_err(BundleError::file("create", &package_dir))?;

    let mut sheet = fs::read_to_string(style).map_err(BundleError::file("read", style))?;
    let mut fonts = Vec::new();
    for (family, subset) in FONTS.into_iter().flat_map(|family| FONT_SUBSETS.map(|subset| (family, subset))) {
        let name = format!("{family}-{subset}");
        let path = format!("@fontsource-variable/{family}/files/{name}-wght-normal.woff2");
        let font = folder.add_named_by_content(&name, "woff2", &read(&project.npm_file(&path)?)?)?;
        // The sheet lies beside the fonts, so the bare name is the whole address.
        sheet = sheet.replace(&format!("node_modules/{path}"), font.trim_start_matches("/pkg/"));
        fonts.push(font);
    }
    fonts.truncate(PRELOADED_SUBSETS);

    let style = folder.add_named_by_content("portal", "css", sheet.as_bytes())?;
    let script = folder.add_named_by_content("portal", "js", &read(&code.script)?)?;
    let module = folder.add_named_by_content("portal", "wasm", &read(&code.module)?)?;
    let mut islands = if project.release { Vec::new() } else { read(&project.root.join("frontend/reload.js"))? };
    islands.extend(read(&project.root.join("frontend/islands.js"))?);
    let islands = folder.add_named_by_content("islands", "js", &islands)?;
    if code.snippets.exists() {
        for file in files_below(&code.snippets)? {
            let inside = file.strip_prefix(&code.snippets).unwrap_or(&file);
            // The bindings import snippets by path; the path carries a hash of the crate they come from.
            folder.add(&Path::new("pkg/snippets").join(inside), &read(&file)?)?;
        }
    }
    let assets_dir = project.root.join("assets");
    for file in files_below(&assets_dir)? {
        folder.add(file.strip_prefix(&assets_dir).unwrap_or(&file), &read(&file)?)?;
    }

    let manifest_path = site_dir.join("manifest.json");
    let before = fs::read(&manifest_path).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let builds = builds_to_keep(&folder.files, before.as_ref());
    let manifest = json!({
        "script": script,
        "wasm": module,
        "style": style,
        "islands": islands,
        "fonts": fonts,
        "release": project.release,
        "builds": builds,
    });
    if before.as_ref() != Some(&manifest) {
        let mut text = serde_json::to_vec_pretty(&manifest)?;
        text.push(b'\n');
        replace(&manifest_path, &text)?;
        folder.outcome = Outcome::Done;
    }
    remove_forgotten(&package_dir, site_dir, &builds)?;
    Ok((folder.report, folder.outcome))
}

/// The site folder while it is filled.
struct SiteFolder<'a> {
    site_dir: &'a Path,
    compressed: bool,
    /// Every file of this build, relative to the folder, without the compressed copies.
    files: BTreeSet<String>,
    report: Vec<String>,
    outcome: Outcome,
}

impl SiteFolder<'_> {
    /// Adds `pkg/<stem>.<hash>.<extension>` and returns its address.
    fn add_named_by_content(&mut self, stem: &str, extension: &str, content: &[u8]) -> Result<String, BundleError> {
        let name = format!("pkg/{stem}.{}.{extension}", content_hash(content));
        let brotli_size = self.add(Path::new(&name), content)?;
        let compressed = brotli_size.map(|size| format!(", {} brotli", kibibytes(size))).unwrap_or_default();
        self.report.push(format!("{name:<48} {}{compressed}", kibibytes(content.len())));
        Ok(format!("/{name}"))
    }

    /// Adds a file with its compressed copies unless it is there already. Returns the size of the brotli copy.
    fn add(&mut self, name: &Path, content: &[u8]) -> Result<Option<usize>, BundleError> {
        let path = self.site_dir.join(name);
        self.files.insert(name.to_string_lossy().into_owned());
        let unchanged = fs::read(&path).is_ok_and(|found| found == content);
        let compressible = self.compressed && name.extension().is_some_and(|extension| extension != "woff2");
        let copies = [with_suffix(&path, "br"), with_suffix(&path, "gz")];

        if compressible && !(unchanged && copies.iter().all(|copy| copy.exists())) {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(BundleError::file("create", parent))?;
            }
            // The copies first: a server that finds the file finds them too.
            replace(&copies[0], &brotli(content, &copies[0])?)?;
            replace(&copies[1], &gzip(content, &copies[1])?)?;
            self.outcome = Outcome::Done;
        }
        if !compressible && !unchanged {
            // Copies of another content must not outlive it.
            for copy in copies.iter().filter(|copy| copy.exists()) {
                fs::remove_file(copy).map_err(BundleError::file("remove", copy))?;
            }
        }
        if !unchanged {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(BundleError::file("create", parent))?;
            }
            replace(&path, content)?;
            self.outcome = Outcome::Done;
        }
        Ok(fs::metadata(&copies[0]).ok().and_then(|copy| usize::try_from(copy.len()).ok()))
    }
}

/// The files of this build and of the few before it, newest first.
fn builds_to_keep(files: &BTreeSet<String>, manifest_before: Option<&Value>) -> Vec<Vec<String>> {
    let this_build: Vec<String> = files.iter().cloned().collect();
    let earlier = manifest_before
        .and_then(|manifest| manifest.get("builds"))
        .and_then(|builds| serde_json::from_value::<Vec<Vec<String>>>(builds.clone()).ok())
        .unwrap_or_default();
    let mut builds = vec![this_build];
    for build in earlier {
        if !builds.contains(&build) && builds.len() <= BUILDS_KEPT {
            builds.push(build);
        }
    }
    builds
}

/// Removes from `pkg/` what no kept build names.
fn remove_forgotten(package_dir: &Path, site_dir: &Path, builds: &[Vec<String>]) -> Result<(), BundleError> {
    for path in files_below(package_dir)? {
        let plain = match path.extension().and_then(|extension| extension.to_str()) {
            Some("br" | "gz") => path.with_extension(""),
            _ => path.clone(),
        };
        let name = plain.strip_prefix(site_dir).unwrap_or(&plain).to_string_lossy().into_owned();
        if !builds.iter().any(|build| build.contains(&name)) {
            fs::remove_file(&path).map_err(BundleError::file("remove", &path))?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    fs::read(path).map_err(BundleError::file("read", path))
}

/// Writes beside the place and renames, so that a reader sees the old content or the new, never half.
fn replace(path: &Path, content: &[u8]) -> Result<(), BundleError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    fs::write(&beside, content).map_err(BundleError::file("write", &beside))?;
    fs::rename(&beside, path).map_err(BundleError::file("replace", path))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn brotli(content: &[u8], path: &Path) -> Result<Vec<u8>, BundleError> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters).map_err(BundleError::file("compress", path))?;
    Ok(compressed)
}

fn gzip(content: &[u8], path: &Path) -> Result<Vec<u8>, BundleError> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).map_err(BundleError::file("compress", path))
}

/// A size to read, in tenths of KiB.
fn kibibytes(bytes: usize) -> String {
    format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_files_of_the_builds_before_are_kept_and_no_more() {
        let mut manifest = json!({ "builds": builds_to_keep(&files(&["0"]), None) });
        for number in 1..6 {
            manifest = json!({ "builds": builds_to_keep(&files(&[&number.to_string()]), Some(&manifest)) });
        }
        assert_eq!(manifest, json!({ "builds": [["5"], ["4"], ["3"], ["2"]] }));
    }

    #[test]
    fn the_same_build_again_forgets_nothing() {
        let first = json!({ "builds": builds_to_keep(&files(&["0"]), None) });
        let second = json!({ "builds": builds_to_keep(&files(&["1"]), Some(&first)) });
        let third = json!({ "builds": builds_to_keep(&files(&["1"]), Some(&second)) });
        assert_eq!(second, third);
    }

    #[test]
    fn compressed_copies_hold_the_content() {
        let content = "уровень ".repeat(1000).into_bytes();
        let path = Path::new("unused");
        let mut restored = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&content, path).unwrap()[..], &mut restored).unwrap();
        assert_eq!(restored, content);
        let mut restored = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip(&content, path).unwrap()[..]), &mut restored).unwrap();
        assert_eq!(restored, content);
    }
}
