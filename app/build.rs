//! Generates the module `i18n` from the catalogues in `locales/`, and refuses catalogues that differ between languages.
//!
//! The browser's build takes only the namespaces that islands speak: the texts of pages never reach the WebAssembly module.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};

use leptos_i18n_build::options::CodegenOptions;
use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use serde_json::Value;

/// The default language first.
const LOCALES: [&str; 2] = ["ru", "en"];

/// What islands speak, in both builds.
const ISLAND_NAMESPACES: [&str; 6] = ["asking", "common", "form", "level_change", "verdict", "what_if"];

/// What only pages speak: one namespace per area.
const PAGE_NAMESPACES: [&str; 27] = [
    "audit",
    "bonus_codes",
    "brand",
    "cases",
    "clients",
    "codes",
    "editorial",
    "error",
    "files",
    "free_months",
    "home",
    "inbox",
    "late_facts",
    "layout",
    "ledger",
    "ledger_entry",
    "level",
    "money",
    "notices",
    "partners",
    "privileges",
    "public",
    "requests",
    "sales_bonuses",
    "telegram_comments",
    "terms",
    "usage",
];

/// The plural forms that each language needs; a catalogue that lacks one would fall back silently.
const PLURAL_FORMS: [(&str, &[&str]); 2] = [("ru", &["one", "few", "many", "other"]), ("en", &["one", "other"])];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    for namespace in ISLAND_NAMESPACES.iter().chain(&PAGE_NAMESPACES) {
        compare_languages(&root.join("locales"), namespace)?;
    }

    let mut namespaces = ISLAND_NAMESPACES.to_vec();
    if std::env::var_os("CARGO_FEATURE_SSR").is_some() {
        namespaces.extend(PAGE_NAMESPACES);
    }
    let config = Config::new(LOCALES[0])?
        .add_locales(&LOCALES[1..])?
        .add_namespaces(namespaces)?
        .locales_path("locales")
        .parse_options(ParseOptions::new().interpolate_display(true));
    let translations = TranslationsInfos::parse(config)?;
    translations.emit_diagnostics();

    let generated = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n");
    let attributes = "#![expect(missing_docs, clippy::all, clippy::pedantic, clippy::expect_used, reason = \"generated from the catalogues\")] #![allow(clippy::allow_attributes, unused_imports, dead_code)]".parse()?;
    let options = CodegenOptions::new().top_level_attributes(Some(attributes)).gen_docs(false);
    translations.generate_i18n_module_with_options(generated.clone(), options)?;
    count_without_icu(&generated.join("mod.rs"))
}

/// Leads the generated plurals to `plural`, which needs none of ICU's data. Every name must be there to be replaced: a release of
/// `leptos_i18n` that writes other ones is noticed here.
fn count_without_icu(module: &Path) -> Result<(), Box<dyn Error>> {
    let mut text = std::fs::read_to_string(module)?;
    if text.contains("PluralRuleType :: Ordinal") {
        return Err("the catalogues count ordinals, which `plural` does not know".into());
    }
    for (icu, own) in [
        ("l_i18n_crate :: __private :: get_plural_rules", "crate :: plural :: forms"),
        ("l_i18n_crate :: __private :: InterpolatePluralCount", "crate :: plural :: CountReader"),
        ("Into < l_i18n_crate :: reexports :: icu :: plurals :: PluralOperands >", "crate :: plural :: Count"),
    ] {
        if !text.contains(icu) {
            return Err(format!("the generated module no longer names {icu}").into());
        }
        text = text.replace(icu, own);
    }
    std::fs::write(module, text)?;
    Ok(())
}

/// A text of a catalogue: the plural forms it has, and the variables it names.
#[derive(Default)]
struct Entry {
    plural_forms: BTreeSet<String>,
    variables: BTreeSet<String>,
}

/// Every key must stand in both languages with the same variables, and a plural with all forms of its language.
fn compare_languages(locales: &Path, namespace: &str) -> Result<(), Box<dyn Error>> {
    let mut catalogues = Vec::new();
    for locale in LOCALES {
        let path = locales.join(locale).join(format!("{namespace}.json"));
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let catalogue: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut entries = BTreeMap::new();
        collect(&catalogue, "", &mut entries);
        for (key, entry) in &entries {
            let (_, needed) = PLURAL_FORMS.iter().find(|(name, _)| *name == locale).ok_or("a language without plural forms")?;
            let missing: Vec<_> = needed.iter().filter(|form| !entry.plural_forms.contains(**form)).collect();
            if !entry.plural_forms.is_empty() && !missing.is_empty() {
                return Err(format!("{}: {key} lacks the plural forms {missing:?}", path.display()).into());
            }
        }
        catalogues.push(entries);
    }
    let [default, other] = catalogues.as_slice() else { return Ok(()) };
    for (key, entry) in default {
        let Some(translated) = other.get(key) else { return Err(format!("{namespace}: {key} stands in {} only", LOCALES[0]).into()) };
        if entry.variables != translated.variables {
            return Err(format!(
                "{namespace}: {key} names {:?} in one language and {:?} in the other",
                entry.variables, translated.variables
            )
            .into());
        }
    }
    match other.keys().find(|key| !default.contains_key(*key)) {
        Some(key) => Err(format!("{namespace}: {key} stands in {} only", LOCALES[1]).into()),
        None => Ok(()),
    }
}

fn collect(value: &Value, path: &str, entries: &mut BTreeMap<String, Entry>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(inner, &path, entries);
            }
        }
        Value::String(text) => {
            let form =
                ["_zero", "_one", "_two", "_few", "_many", "_other"].iter().find_map(|form| Some((path.strip_suffix(form)?, &form[1..])));
            let (key, form) = form.map_or((path, None), |(key, form)| (key, Some(form)));
            let entry = entries.entry(key.to_owned()).or_default();
            entry.plural_forms.extend(form.map(str::to_owned));
            entry.variables.extend(variables(text));
            if form.is_some() {
                entry.variables.insert("count".to_owned());
            }
        }
        _ => {}
    }
}

/// The names between `{{` and `}}`, and those of components, `<strong>`.
fn variables(text: &str) -> Vec<String> {
    text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim().to_owned())).collect()
}
