//! A document as PDF, set by typst from the template beside this file.

use std::sync::LazyLock;

use chrono::Datelike;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Array, Bytes, Datetime, Dict, Duration, IntoValue, Smart, Value};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::visualize::Color;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::document::{Cell, ColumnKind, Document, DocumentError, Table};
use crate::text::printable;

const TEMPLATE: &str = include_str!("document.typ");
/// Golos Text, regular and semi-bold.
const FONTS: [&[u8]; 2] = [include_bytes!("../fonts/GolosText_400Regular.ttf"), include_bytes!("../fonts/GolosText_600SemiBold.ttf")];

/// What all documents share: parsed once.
struct Parts {
    template: Source,
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
    Parts { template: Source::detached(TEMPLATE), book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// All that a template can reach: itself, our fonts and the values handed in. No files, no packages, no clock.
struct OneDocument {
    library: LazyHash<Library>,
}

impl World for OneDocument {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PARTS.book
    }

    fn main(&self) -> FileId {
        PARTS.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == PARTS.template.id() { Ok(PARTS.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        PARTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The document as PDF. The same document gives the same bytes.
///
/// Setting hundreds of rows takes a tenth or two of a second of computing: call it where blocking is allowed.
pub fn pdf(document: &Document) -> Result<Vec<u8>, DocumentError> {
    document.check()?;
    let written = typeset(document).and_then(|pages| {
        let options = PdfOptions { creator: Smart::Custom(None), ..PdfOptions::default() };
        typst_pdf::pdf(&pages, &options).map_err(failure)
    });
    // The next document has other values, so nothing remembered would be of use: give the memory back.
    typst::comemo::evict(0);
    written
}

fn typeset(document: &Document) -> Result<PagedDocument, DocumentError> {
    let world = OneDocument { library: LazyHash::new(Library::builder().with_inputs(inputs(document)).build()) };
    typst::compile(&world).output.map_err(failure)
}

fn failure(errors: EcoVec<SourceDiagnostic>) -> DocumentError {
    DocumentError::Typesetting(errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))
}

/// The values the template finds in `sys.inputs`. They are strings, not markup: nothing in them is ever evaluated.
fn inputs(document: &Document) -> Dict {
    let [red, green, blue] = document.brand.primary.channels();
    let issued = document.issued.naive();
    let day = u8::try_from(issued.month()).ok().zip(u8::try_from(issued.day()).ok());
    let facts = document.facts.iter().map(|fact| dictionary([("label", text(&fact.label)), ("value", text(&fact.value))]));
    dictionary_of([
        ("title", text(&document.title)),
        ("subtitle", text(&document.subtitle)),
        ("language", document.language.code().into_value()),
        ("brand-name", text(&document.brand.name)),
        ("brand-colour", Color::from_u8(red, green, blue, u8::MAX).into_value()),
        ("brand-logo", document.brand.logo.clone().map(Bytes::new).into_value()),
        ("facts", facts.collect::<Array>().into_value()),
        ("tables", document.tables.iter().map(table).collect::<Array>().into_value()),
        ("notes", document.notes.iter().map(|note| text(note)).collect::<Array>().into_value()),
        ("generated", text(&document.generated)),
        ("issued", day.and_then(|(month, day)| Datetime::from_ymd(issued.year(), month, day)).into_value()),
    ])
}

fn table(table: &Table) -> Value {
    let columns = table.columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::Words => "words",
            ColumnKind::Label => "label",
            ColumnKind::Figures => "figures",
        };
        dictionary([("title", text(&column.title)), ("kind", kind.into_value())])
    });
    dictionary([
        ("caption", text(&table.caption)),
        ("columns", columns.collect::<Array>().into_value()),
        ("rows", table.rows.iter().map(|cells| row(cells)).collect::<Array>().into_value()),
        ("total", table.total.as_deref().map(row).into_value()),
        ("empty", text(&table.empty)),
    ])
}

fn row(cells: &[Cell]) -> Value {
    cells.iter().map(|cell| text(cell.shown())).collect::<Array>().into_value()
}

fn text(words: &str) -> Value {
    printable(words).into_value()
}

fn dictionary<const LENGTH: usize>(entries: [(&str, Value); LENGTH]) -> Value {
    dictionary_of(entries).into_value()
}

fn dictionary_of<const LENGTH: usize>(entries: [(&str, Value); LENGTH]) -> Dict {
    entries.into_iter().map(|(key, value)| (key.into(), value)).collect()
}

#[cfg(test)]
mod tests {
    use typst::layout::{Frame, FrameItem};
    use typst::text::FontStyle;

    use super::*;
    use crate::document::{Column, Language};
    use crate::support::{HOSTILE, money, statement, text as text_cell};

    /// Runs of text of a page with where they begin and end, in points from the left, in the order they are drawn.
    struct Run {
        text: String,
        left: f64,
        right: f64,
    }

    fn collect(frame: &Frame, left: f64, runs: &mut Vec<Run>) {
        for (position, item) in frame.items() {
            let left = left + position.x.to_pt();
            match item {
                FrameItem::Group(group) => collect(&group.frame, left, runs),
                FrameItem::Text(text) => {
                    runs.push(Run { text: text.text.to_string(), left, right: left + text.width().to_pt() });
                }
                _ => {}
            }
        }
    }

    fn pages(document: &Document) -> Vec<Vec<Run>> {
        let set = typeset(document).expect("it is set");
        let runs = set.pages().iter().map(|page| {
            let mut runs = Vec::new();
            collect(&page.frame, 0.0, &mut runs);
            runs
        });
        runs.collect()
    }

    fn words(page: &[Run]) -> String {
        page.iter().map(|run| run.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn both_fonts_are_read() {
        let weights: Vec<_> = PARTS.fonts.iter().map(|font| font.info().variant.weight.to_number()).collect();
        assert_eq!(weights, [400, 600]);
        assert!(PARTS.fonts.iter().all(|font| font.info().family == "Golos Text" && font.info().variant.style == FontStyle::Normal));
    }

    #[test]
    fn every_word_and_figure_of_a_statement_is_printed() {
        for language in [Language::Russian, Language::English] {
            let document = statement(language, 8);
            let page = words(&pages(&document)[0]);
            let facts = document.facts.iter().flat_map(|fact| [fact.label.as_str(), fact.value.as_str()]);
            let tables = document.tables.iter().flat_map(|table| {
                let cells = table.rows.iter().chain(&table.total).flatten().map(Cell::shown);
                let empty = table.rows.is_empty().then_some(table.empty.as_str());
                [table.caption.as_str()].into_iter().chain(table.columns.iter().map(|c| c.title.as_str())).chain(cells).chain(empty)
            });
            let others = [document.title.as_str(), &document.subtitle, &document.brand.name, &document.generated];
            let notes = document.notes.iter().map(String::as_str);
            for word in others.into_iter().chain(facts).chain(tables).chain(notes).flat_map(|text| text.split(' ')) {
                assert!(page.contains(word), "{word} is missing in {page}");
            }
        }
    }

    #[test]
    fn markup_in_a_text_is_printed_as_it_is() {
        let mut document = statement(Language::English, 1);
        document.title = HOSTILE.to_owned();
        document.facts[0].value = "#read(\"/etc/hostname\")".to_owned();
        document.tables[0].rows[0][0] = text_cell("#import \"@preview/a:1.0.0\"");
        document.notes = vec!["= no heading\n- no list #panic()".to_owned()];
        let page = words(&pages(&document)[0]);
        for text in [HOSTILE, "#read(\"/etc/hostname\")", "#import \"@preview/a:1.0.0\"", "= no heading", "- no list #panic()"] {
            assert!(page.contains(text), "{text} is missing in {page}");
        }
    }

    #[test]
    fn a_long_table_repeats_its_titles_and_counts_its_pages() {
        let document = statement(Language::Russian, 80);
        let pages = pages(&document);
        assert!(pages.len() > 2);
        for (at, page) in pages.iter().enumerate() {
            let text = words(page);
            assert!(text.contains(&format!("{} / {}", at + 1, pages.len())), "{text}");
            assert!(text.contains("Облачная платформа"));
            assert!(text.contains("Клиент Услуга"), "page {} has no titles: {text}", at + 1);
        }
    }

    #[test]
    fn figures_end_in_one_line() {
        let document = statement(Language::Russian, 20);
        let page = &pages(&document)[0];
        let last = document.tables[1].rows.iter().map(|row| row[5].shown());
        let ends: Vec<f64> =
            last.filter_map(|shown| page.iter().rev().find(|run| run.text == shown)).map(|run| (run.right * 10.0).round()).collect();
        assert!(ends.len() > 5);
        assert!(ends.iter().all(|end| (end - ends[0]).abs() < 1.0), "{ends:?}");
    }

    #[test]
    fn nothing_leaves_the_page_however_long_it_is() {
        let mut document = statement(Language::Russian, 3);
        let long = "Ъ".repeat(300);
        document.title.clone_from(&long);
        document.facts[0].value.clone_from(&long);
        document.brand.name = long.clone();
        document.generated = long.clone();
        let table = &mut document.tables[1];
        for row in &mut table.rows {
            row[0] = text_cell(&long);
            row[1] = text_cell(&long);
        }
        for at in 0..4 {
            table.columns.push(Column {
                title: format!("Столбец с очень длинным названием {at}"), kind: ColumnKind::Figures
            });
            for row in table.rows.iter_mut().chain(&mut table.total) {
                row.push(money(Language::Russian, "-123456789012.34".parse().expect("an amount")));
            }
        }
        let landscape = 297.0 / 25.4 * 72.0;
        for run in pages(&document).iter().flatten() {
            assert!(run.left > 0.0 && run.right < landscape, "{} from {} to {}", run.text, run.left, run.right);
        }
    }

    #[test]
    fn a_logo_stands_in_place_of_the_name() {
        // One red pixel.
        let logo = vec![
            0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
            0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd,
            0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, b'B', 0x60, 0x82,
        ];
        let mut document = statement(Language::Russian, 3);
        let named = |document: &Document| pages(document).iter().flatten().any(|run| run.text.contains("Облачная"));
        assert!(named(&document));
        let plain = pdf(&document).expect("a PDF").len();
        document.brand.logo = Some(logo);
        assert!(!named(&document));
        assert!(pdf(&document).expect("a PDF with a picture").len() > plain / 2);
        document.brand.logo = Some(b"no picture".to_vec());
        assert!(matches!(pdf(&document), Err(DocumentError::Typesetting(_))));
    }

    #[test]
    fn a_document_of_nothing_is_still_a_page() {
        let mut document = statement(Language::English, 0);
        document.facts.clear();
        document.tables.clear();
        document.notes.clear();
        document.subtitle.clear();
        assert_eq!(pages(&document).len(), 1);
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let mut document = statement(Language::English, 2);
        document.tables[1].rows[1].pop();
        assert!(matches!(pdf(&document), Err(DocumentError::RowLength { table: 1, expected: 6, found: 5 })));
        document.tables[1].columns.clear();
        assert!(matches!(pdf(&document), Err(DocumentError::NoColumns { table: 1 })));
    }

    #[test]
    fn the_template_reaches_neither_files_nor_clock() {
        let world = OneDocument { library: LazyHash::new(Library::default()) };
        assert_eq!(world.file(world.main()), Err(FileError::AccessDenied));
        let other = Source::new(FileId::unique(world.main().get().clone()), String::new());
        assert_eq!(world.source(other.id()).err(), Some(FileError::AccessDenied));
        assert!(world.today(None).is_none());
    }
}
