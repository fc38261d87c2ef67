//! The files of a request: what is attached, how it stands, and the form for more. The form is native and posts to a route of its own,
//! so it works without scripting and nothing typed into another form of the page is lost with it.

use domain::ids::FormStateId;
use domain::request::{FileProblem, FileState, FileUse, Reference};
use leptos::prelude::*;
use service::request_files::{AttachedFile, FileLimits, FileReport, RequestFiles};

use crate::components::date::InstantText;
use crate::components::error_view::{Look, document};
use crate::components::icon::{Icon, lucide};
use crate::components::meter::{Meter, Taken};
use crate::components::status::{Status, Tone};
use crate::context::{optional_viewer, query_value, services};
use crate::error::AppError;
use crate::form::{HiddenField, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The name of the control that holds files.
pub const FILE_FIELD: &str = "file";
/// The state of an upload that came back with problems, in an address.
pub const FILE_REPORT: &str = "files";
/// The longest side of a preview on a page, in pixels.
const PREVIEW_SIDE: u32 = 240;

/// What became of the upload before this page, where it had problems.
pub async fn file_report() -> Result<Option<FileReport>, AppError> {
    let Some(id) = query_value::<FormStateId>(FILE_REPORT) else { return Ok(None) };
    Ok(services()?.form_state_find(optional_viewer().as_ref(), id).await?)
}

/// The files of a request. On the partner's own page files can be attached and taken away while the request is its to change.
#[component]
pub fn Attachments(
    /// The language.
    locale: Locale,
    /// The request.
    reference: String,
    /// Its files.
    files: RequestFiles,
    /// Whether this is the partner's own page.
    own: bool,
    /// What became of the upload before.
    #[prop(optional_no_strip)]
    report: Option<FileReport>,
) -> impl IntoView {
    let lines: Vec<_> = files.files.iter().map(|file| file_view(locale, &reference, file, files.changeable)).collect();
    let list = if lines.is_empty() {
        view! { <p class="muted">{td_string!(locale, files.empty)}</p> }.into_any()
    } else {
        view! { <ul class="files">{lines}</ul> }.into_any()
    };
    let more = own.then(|| {
        if files.changeable {
            upload_view(locale, &reference, &files).into_any()
        } else {
            view! { <p class="muted">{td_string!(locale, files.closed)}</p> }.into_any()
        }
    });
    view! {
        <section class="card stack" id="files" aria-labelledby="files-title">
            <h2 class="card-title" id="files-title">{td_string!(locale, files.title)}</h2>
            {report.map(|report| report_view(locale, &report, files.limits))}
            {list}
            {more}
        </section>
    }
}

/// A file: what it is, how it stands, and a way to take it away.
fn file_view(locale: Locale, reference: &str, file: &AttachedFile, changeable: bool) -> impl IntoView + use<> {
    let size = format::size(locale, file.bytes);
    let ready = file.state == FileState::Ready;
    let name = file.name.clone().filter(|_| ready);
    let picture = file.dimensions.filter(|_| ready).map(|(width, height)| {
        let (shown_width, shown_height) = preview_size(width, height);
        let alt = td_string!(locale, files.preview_alt, name = name.clone().unwrap_or_default());
        view! {
            <img class="file__picture" src=paths::request_file_preview(file.id) alt=alt width=shown_width height=shown_height loading="lazy"/>
        }
    });
    let pixels = file.dimensions.map(|(width, height)| {
        let text =
            td_string!(locale, files.pixels, width = format::number(locale, width.into()), height = format::number(locale, height.into()));
        format!(" · {text}")
    });
    let title = match &name {
        Some(name) => view! { <a href=paths::request_file(file.id)>{name.clone()}</a> }.into_any(),
        None => td_string!(locale, files.unnamed).into_any(),
    };
    let state = match file.state {
        FileState::Received => view! { <Status tone=Tone::Waiting icon=lucide::LuClock label=td_string!(locale, files.state.received)/> },
        FileState::Ready => view! { <Status tone=Tone::Good icon=lucide::LuCircleCheck label=td_string!(locale, files.state.ready)/> },
        FileState::Removed => view! { <Status tone=Tone::Neutral icon=lucide::LuUndo2 label=td_string!(locale, files.state.removed)/> },
    };
    let remove = name.filter(|_| changeable).map(|name| {
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, files.remove)}<span class="visually-hidden">" "{name.clone()}</span></summary>
                <form class="stack" method="post" action=paths::API_REQUEST_FILE_REMOVE>
                    <p>{td_string!(locale, files.remove_question, name = name.clone())}</p>
                    <HiddenField name="reference" value=reference.to_owned()/>
                    <HiddenField name="file" value=file.id.to_string()/>
                    <div class="actions"><SubmitButton destructive=true label=td_string!(locale, files.remove_confirm, name = name)/></div>
                </form>
            </details>
        }
    });
    view! {
        <li class="file">
            {picture}
            <div class="file__facts">
                <p class="file__name">{title}</p>
                <p class="muted small">{size}{pixels}" · "<InstantText locale at=file.uploaded_at/></p>
                <p>{state}</p>
                {remove}
            </div>
        </li>
    }
}

/// A picture's size on a page: as it is, or as large as there is room.
fn preview_size(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= PREVIEW_SIDE {
        return (width, height);
    }
    let scaled = |side: u32| u32::try_from(u64::from(side) * u64::from(PREVIEW_SIDE) / u64::from(longest)).unwrap_or(PREVIEW_SIDE).max(1);
    (scaled(width), scaled(height))
}

/// What may be attached, how much room there is, and the form; where nothing more fits, why.
fn upload_view(locale: Locale, reference: &str, files: &RequestFiles) -> impl IntoView + use<> {
    let limits = files.limits;
    let count = limits.files_per_request;
    let (lead, types, accept) = match files.used_as {
        FileUse::Pictures => (td_string!(locale, files.for_pictures), td_string!(locale, files.types_pictures), ".jpg,.jpeg,.png,.webp"),
        FileUse::Proof => {
            (td_string!(locale, files.for_proof), td_string!(locale, files.types_proof), ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.txt")
        }
    };
    let allowed = td_string!(
        locale,
        files.limits,
        files = td_string!(locale, files.at_most, count = count),
        size = format::size(locale, limits.bytes),
        types = types,
        megapixels = format::number(locale, i64::try_from(limits.pixels / 1_000_000).unwrap_or(i64::MAX))
    );
    let why_not = if !files.has_place() {
        Some(td_string!(locale, files.no_place, files = td_string!(locale, files.count, count = count)))
    } else if files.free() == 0 {
        Some(td_string!(locale, files.no_room).to_owned())
    } else {
        None
    };
    let taken = Taken {
        used: i64::try_from(files.used).unwrap_or(i64::MAX),
        waiting: 0,
        limit: i64::try_from(limits.company_bytes).unwrap_or(i64::MAX),
    };
    let closed = why_not.is_some();
    view! {
        <form class="form" method="post" enctype="multipart/form-data" action=paths::request_files_upload(reference)>
            <p>{lead}</p>
            <div class="field">
                <label class="field__label" r#for="files-input">{td_string!(locale, files.choose)}</label>
                <p class="field__hint" id="files-limits">{allowed}</p>
                {why_not.map(|why| view! { <p class="field__hint" id="files-why-not">{why}</p> })}
                <input
                    class="file-input"
                    id="files-input"
                    type="file"
                    name=FILE_FIELD
                    accept=accept
                    multiple=true
                    required=true
                    disabled=closed
                    aria-describedby=if closed { "files-limits files-why-not" } else { "files-limits" }
                />
            </div>
            <div class="actions">
                <button class="btn btn-primary" type="submit" disabled=closed aria-describedby=closed.then_some("files-why-not")>
                    {td_string!(locale, files.upload)}
                </button>
            </div>
            <Meter locale label=td_string!(locale, files.room) taken figure=format::size_figure/>
        </form>
    }
}

/// What became of an upload that had problems: each file that was not attached, why, and what to do.
fn report_view(locale: Locale, report: &FileReport, limits: FileLimits) -> impl IntoView + use<> {
    let lines: Vec<_> = report
        .refused
        .iter()
        .map(|file| {
            let text = problem_text(locale, file.problem, limits.pixels);
            let name = (!file.name.is_empty()).then(|| view! { <strong>{file.name.clone()}</strong>": " });
            view! { <li>{name}{text}</li> }
        })
        .collect();
    let attached = (report.attached > 0).then(|| {
        let files = td_string!(locale, files.count, count = report.attached);
        view! { <p>{td_string!(locale, files.attached_others, files = files)}</p> }
    });
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus=true id="files-problems">
            <p><Icon icon=lucide::LuCircleAlert/>" "<strong>{td_string!(locale, files.not_attached)}</strong></p>
            <ul>{lines}</ul>
            {attached}
        </div>
    }
}

/// What is wrong with a file and what to do.
fn problem_text(locale: Locale, problem: FileProblem, pixels: u64) -> String {
    match problem {
        FileProblem::Missing => td_string!(locale, files.problem.missing).to_owned(),
        FileProblem::TooLarge { limit } => td_string!(locale, files.problem.too_large, size = format::size(locale, limit)),
        FileProblem::Empty => td_string!(locale, files.problem.empty).to_owned(),
        FileProblem::UnknownType => td_string!(locale, files.problem.unknown_type).to_owned(),
        FileProblem::ForbiddenType => td_string!(locale, files.problem.forbidden_type).to_owned(),
        FileProblem::NameMismatch => td_string!(locale, files.problem.name_mismatch).to_owned(),
        FileProblem::NotAPicture => td_string!(locale, files.problem.not_a_picture).to_owned(),
        FileProblem::TooManyPixels { width, height } => td_string!(
            locale,
            files.problem.too_many_pixels,
            width = format::number(locale, width.into()),
            height = format::number(locale, height.into()),
            megapixels = format::number(locale, i64::try_from(pixels / 1_000_000).unwrap_or(i64::MAX))
        ),
        FileProblem::Animated => td_string!(locale, files.problem.animated).to_owned(),
        FileProblem::Damaged => td_string!(locale, files.problem.damaged).to_owned(),
        FileProblem::ArchiveBomb => td_string!(locale, files.problem.archive_bomb).to_owned(),
        FileProblem::ActiveContent => td_string!(locale, files.problem.active_content).to_owned(),
        FileProblem::Encrypted => td_string!(locale, files.problem.encrypted).to_owned(),
        FileProblem::Polyglot => td_string!(locale, files.problem.polyglot).to_owned(),
        FileProblem::TooManyFiles { limit } => {
            td_string!(locale, files.problem.too_many_files, files = td_string!(locale, files.at_most, count = limit))
        }
        FileProblem::OverQuota { free } => td_string!(locale, files.problem.over_quota, size = format::size(locale, free)),
        FileProblem::Closed => td_string!(locale, files.problem.closed).to_owned(),
    }
}

/// The answer to an upload that was too large, as a document of its own: its status says so as well, which a way back by redirect can't.
pub fn not_attached_page(locale: Locale, report: &FileReport, reference: Reference, limits: FileLimits, look: Look<'_>) -> String {
    let title = td_string!(locale, files.not_attached);
    let back = format!("{}#files", paths::partner_request(reference));
    let body = Owner::new().with(|| {
        view! {
            <section class="card stack">
                <h1>{title}</h1>
                {report_view(locale, report, limits)}
                <p><a class="btn btn-primary" href=back>{td_string!(locale, files.back, reference = reference.to_string())}</a></p>
            </section>
        }
        .to_html()
    });
    document(locale, title, &body, look)
}

#[cfg(test)]
mod tests {
    use domain::ids::RequestFileId;
    use service::request_files::RefusedFile;

    use super::*;

    const LIMITS: FileLimits = FileLimits { bytes: 20 << 20, pixels: 16_777_216, files_per_request: 10, company_bytes: 1 << 30 };

    fn files(count: u128, used: u64, changeable: bool) -> RequestFiles {
        let file = |number| AttachedFile {
            id: RequestFileId(uuid::Uuid::from_u128(number)),
            state: FileState::Ready,
            name: Some(format!("Снимок {number}.png")),
            bytes: 2_600_000,
            dimensions: Some((4000, 3000)),
            uploaded_at: chrono::DateTime::UNIX_EPOCH,
        };
        RequestFiles { used_as: FileUse::Proof, files: (1..=count).map(file).collect(), changeable, used, limits: LIMITS }
    }

    fn shown(files: RequestFiles, own: bool) -> String {
        Owner::new()
            .with(|| view! { <Attachments locale=Locale::ru reference="SB-2026-000001".to_owned() files own/> }.to_html())
            .replace('\u{a0}', " ")
    }

    #[test]
    fn a_picture_is_shown_small_with_its_name_size_and_pixels() {
        let html = shown(files(1, 2_600_000, true), true);
        for said in
            ["2,4 МБ", "4 000 × 3 000", "width=\"240\" height=\"180\"", "alt=\"Картинка «Снимок 1.png»\"", "Удалить «Снимок 1.png»?"]
        {
            assert!(html.contains(said), "{said} is missing: {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn the_limits_are_said_before_anything_is_chosen() {
        let html = shown(files(0, 512 << 20, true), true);
        for said in ["Файлов пока нет", "10 файлов", "20 МБ", "16 млн", "512 МБ из 1 ГБ", "multiple", "enctype=\"multipart/form-data\""]
        {
            assert!(html.contains(said), "{said} is missing: {html}");
        }
    }

    #[test]
    fn a_form_that_can_take_nothing_more_is_disabled_and_says_why() {
        for (files, why) in [(files(10, 0, true), "уже 10 файлов"), (files(1, 1 << 30, true), "место")] {
            let html = shown(files, true);
            assert!(html.contains("disabled") && html.contains("files-why-not") && html.contains(why), "{html}");
        }
        let closed = shown(files(1, 0, false), true);
        assert!(!closed.contains("<form") && closed.contains("изменить уже нельзя"), "{closed}");
        assert!(!shown(files(1, 0, false), false).contains("изменить уже нельзя"));
    }

    #[test]
    fn every_problem_has_words_and_a_name_stays_text() {
        let problems = [
            FileProblem::Missing,
            FileProblem::TooLarge { limit: 20 << 20 },
            FileProblem::Empty,
            FileProblem::UnknownType,
            FileProblem::ForbiddenType,
            FileProblem::NameMismatch,
            FileProblem::NotAPicture,
            FileProblem::TooManyPixels { width: 60_000, height: 60_000 },
            FileProblem::Animated,
            FileProblem::Damaged,
            FileProblem::ArchiveBomb,
            FileProblem::ActiveContent,
            FileProblem::Encrypted,
            FileProblem::Polyglot,
            FileProblem::TooManyFiles { limit: 10 },
            FileProblem::OverQuota { free: 1024 },
            FileProblem::Closed,
        ];
        let refused =
            problems.into_iter().map(|problem| RefusedFile { name: "<img src=x onerror=alert(1)>.png".to_owned(), problem }).collect();
        let report = FileReport { attached: 1, refused };
        let reference: Reference = "SB-2026-000001".parse().expect("a reference");
        for locale in [Locale::ru, Locale::en] {
            let html =
                not_attached_page(locale, &report, reference, LIMITS, Look { style: "/pkg/portal.css", brand: None, moved_clock: None });
            assert!(!html.contains("<img") && !html.contains("{{") && !html.contains("<script"), "{html}");
            assert!(html.contains("href=\"/partner/requests/SB-2026-000001#files\""), "{html}");
            assert_eq!(html.matches("<li>").count(), problems.len());
        }
    }
}
