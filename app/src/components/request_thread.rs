//! What the partner and the provider write to each other about a request, and the notes of staff.

use domain::ids::UserId;
use leptos::prelude::*;
use service::requests::{Comment, RequestDetail};

use crate::components::date::InstantText;
use crate::form::{Control, Field, FormState, HiddenField, IdempotencyKey};
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The largest number of characters of a message or a note.
const LONGEST: u32 = domain::request::Words::LONGEST;

/// Who reads, and so how others are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Somebody of the partner.
    Partner(UserId),
    /// Somebody of the staff.
    Staff(UserId),
}

impl Reader {
    fn author(self, locale: Locale, comment: &Comment) -> String {
        let (Self::Partner(id) | Self::Staff(id)) = self;
        if comment.author == id {
            return td_string!(locale, requests.thread.you).to_owned();
        }
        let unnamed = match self {
            Self::Partner(_) => td_string!(locale, requests.detail.by_provider),
            Self::Staff(_) => td_string!(locale, requests.thread.colleague),
        };
        comment.author_name.clone().unwrap_or_else(|| unnamed.to_owned())
    }
}

/// The messages and the form for the next one. `hidden` travels with the form, to lead back where the reader stood.
#[component]
pub fn RequestThread(
    /// The language.
    locale: Locale,
    /// Who reads.
    reader: Reader,
    /// The request.
    request: RequestDetail,
    /// What the form held when it came back.
    form: FormState,
    /// What else travels with the form.
    #[prop(optional_no_strip)]
    hidden: Option<AnyView>,
) -> impl IntoView {
    let list = comments(locale, reader, request.comments.iter().filter(|comment| !comment.is_internal));
    let list = list.unwrap_or_else(|| view! { <p class="muted">{td_string!(locale, requests.thread.empty)}</p> }.into_any());
    view! {
        <section class="card stack" id="thread" aria-labelledby="thread-title">
            <h2 class="card-title" id="thread-title">{td_string!(locale, requests.thread.title)}</h2>
            {list}
            <form class="form" method="post" action=paths::API_REQUEST_COMMENT>
                <HiddenField name="reference" value=request.line.reference.clone()/>
                <IdempotencyKey key=request.comment_key/>
                {hidden}
                <Field
                    locale
                    field=form.field("words")
                    label=td_string!(locale, requests.thread.label)
                    control=Control::TextArea
                    maximum_length=LONGEST
                />
                <div class="actions"><button class="btn" type="submit">{td_string!(locale, requests.thread.send)}</button></div>
            </form>
        </section>
    }
}

/// The notes of staff among themselves and the form for the next one.
#[component]
pub fn StaffNotes(
    /// The language.
    locale: Locale,
    /// Who reads.
    reader: Reader,
    /// The request.
    request: RequestDetail,
    /// What the form held when it came back.
    form: FormState,
    /// What else travels with the form.
    #[prop(optional_no_strip)]
    hidden: Option<AnyView>,
) -> impl IntoView {
    let list = comments(locale, reader, request.comments.iter().filter(|comment| comment.is_internal));
    let list = list.unwrap_or_else(|| view! { <p class="muted">{td_string!(locale, inbox.note_empty)}</p> }.into_any());
    view! {
        <section class="card stack" id="notes" aria-labelledby="notes-title">
            <h2 class="card-title" id="notes-title">{td_string!(locale, inbox.note_title)}</h2>
            {list}
            <form class="form" method="post" action=paths::API_REQUEST_NOTE>
                <HiddenField name="reference" value=request.line.reference.clone()/>
                <IdempotencyKey key=request.note_key/>
                {hidden}
                <Field
                    locale
                    field=form.field("note")
                    label=td_string!(locale, inbox.note_label)
                    control=Control::TextArea
                    maximum_length=LONGEST
                />
                <div class="actions"><button class="btn" type="submit">{td_string!(locale, inbox.note_send)}</button></div>
            </form>
        </section>
    }
}

/// Comments as a list; none where there are none.
fn comments<'a>(locale: Locale, reader: Reader, comments: impl Iterator<Item = &'a Comment>) -> Option<AnyView> {
    let lines: Vec<_> = comments
        .map(|comment| {
            view! {
                <li class="stack">
                    <p class="muted small">{reader.author(locale, comment)} " · " <InstantText locale at=comment.at/></p>
                    <p class="prose-lines">{comment.words.clone()}</p>
                </li>
            }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <ol class="stack">{lines}</ol> }.into_any())
}
