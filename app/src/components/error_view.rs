//! A failure in words: what happened, whether anything was saved, what to do, the id of the request.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::brand::{PageBrand, mark_view, site_name};
use crate::components::clock_banner::ClockBanner;
use crate::error::AppError;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// A failure in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// The heading.
    pub title: &'static str,
    /// What happened.
    pub what: &'static str,
    /// Whether anything was saved, where that is certain.
    pub saved: Option<&'static str>,
    /// What to do.
    pub next: String,
}

/// Puts a failure into words.
pub fn error_text(locale: Locale, error: &AppError) -> ErrorText {
    macro_rules! text {
        ($code:ident, saved: $saved:expr) => {
            ErrorText {
                title: td_string!(locale, error.$code.title),
                what: td_string!(locale, error.$code.what),
                saved: $saved,
                next: td_string!(locale, error.$code.next).to_owned(),
            }
        };
    }
    let nothing = Some(td_string!(locale, error.saved_nothing));
    match error {
        AppError::SignInRequired => text!(sign_in_required, saved: nothing),
        AppError::Forbidden => text!(forbidden, saved: nothing),
        AppError::NotFound => text!(not_found, saved: nothing),
        AppError::Invalid => text!(invalid, saved: nothing),
        AppError::Refused => text!(refused, saved: nothing),
        AppError::TooMany { retry_after_seconds } => ErrorText {
            title: td_string!(locale, error.too_many.title),
            what: td_string!(locale, error.too_many.what),
            saved: nothing,
            next: td_string!(locale, error.too_many.next, count = *retry_after_seconds),
        },
        AppError::Unavailable => text!(unavailable, saved: None),
        AppError::BadRequest => text!(bad_request, saved: nothing),
        AppError::TooLarge => text!(too_large, saved: nothing),
        AppError::Unexpected { .. } => text!(unexpected, saved: None),
    }
}

/// A failure inside a page.
#[component]
pub fn ErrorView(
    /// The language.
    locale: Locale,
    /// The failure.
    error: AppError,
    /// The id of the request.
    request_id: Uuid,
) -> impl IntoView {
    let text = error_text(locale, &error);
    let (href, action) = match error {
        AppError::SignInRequired => (paths::SIGN_IN, td_string!(locale, error.to_sign_in)),
        _ => (paths::START, td_string!(locale, error.to_start)),
    };
    view! {
        <section class="card stack">
            <h1>{text.title}</h1>
            <p>{text.what} {text.saved.map(|saved| format!(" {saved}"))}</p>
            <p>{text.next}</p>
            <p><a class="btn btn-primary" href=href>{action}</a></p>
            <p class="small muted">{td_string!(locale, error.request_id)} ": " <code>{request_id.to_string()}</code></p>
        </section>
    }
}

/// How a document outside of the router looks.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The portal's style sheet.
    pub style: &'a str,
    /// The brand in place of the provider's look.
    pub brand: Option<&'a PageBrand>,
    /// The portal's present, where its clock was moved.
    pub moved_clock: Option<DateTime<Utc>>,
}

/// A failure as a whole document, for handlers outside of the router. It needs no script: see [`crate::policy::STATIC_PAGE`].
pub fn error_page(locale: Locale, error: &AppError, request_id: Uuid, look: Look<'_>) -> String {
    let body = Owner::new().with(|| view! { <ErrorView locale error=error.clone() request_id/> }.to_html());
    document(locale, error_text(locale, error).title, &body, look)
}

/// A whole document around a body that is HTML already, for handlers outside of the router. It needs no script.
pub fn document(locale: Locale, title: &str, body: &str, look: Look<'_>) -> String {
    let Look { style, brand, moved_clock } = look;
    let banner = Owner::new().with(|| view! { <ClockBanner locale moved_clock/> }.to_html());
    let head = Owner::new().with(|| {
        view! {
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{format!("{title} · {}", site_name(locale, brand))}</title>
            {brand.and_then(|brand| brand.favicon.as_ref()).map(|icon| view! { <link rel="icon" href=icon.address.clone() r#type="image/png"/> })}
            <link rel="stylesheet" href=style.to_owned()/>
            {brand.map(|brand| view! { <link rel="stylesheet" href=brand.style_sheet.clone()/> })}
        }
        .to_html()
    });
    let mark = brand.map(|brand| {
        Owner::new()
            .with(|| view! { <header class="app-header"><a class="app-brand" href=paths::START>{mark_view(brand)}</a></header> }.to_html())
    });
    let mark = mark.unwrap_or_default();
    format!(
        "<!DOCTYPE html><html lang=\"{locale}\"><head>{head}</head><body>{banner}{mark}<main class=\"center-page\" id=\"content\">{body}</main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look<'static> = Look { style: "/pkg/portal.css", brand: None, moved_clock: None };
    const ERRORS: [AppError; 10] = [
        AppError::SignInRequired,
        AppError::Forbidden,
        AppError::NotFound,
        AppError::Invalid,
        AppError::Refused,
        AppError::TooMany { retry_after_seconds: 21 },
        AppError::Unavailable,
        AppError::BadRequest,
        AppError::TooLarge,
        AppError::Unexpected { incident: Uuid::nil() },
    ];

    #[test]
    fn every_failure_has_its_words_and_the_request_in_both_languages() {
        let request_id = Uuid::from_u128(42);
        for locale in [Locale::ru, Locale::en] {
            for error in ERRORS {
                let html = error_page(locale, &error, request_id, PLAIN);
                let text = error_text(locale, &error);
                assert!(html.contains(text.title) && html.contains(&text.next), "{html}");
                assert!(html.contains(&request_id.to_string()), "{html}");
            }
        }
    }

    #[test]
    fn an_error_page_tells_nothing_of_the_inside() {
        for error in ERRORS {
            let html = error_page(Locale::ru, &error, Uuid::nil(), PLAIN);
            for inside in ["SQL", "sqlx", "panicked", ".rs", "src/", "Error {", error.code()] {
                assert!(!html.contains(inside), "{inside}: {html}");
            }
        }
    }

    #[test]
    fn seconds_to_wait_agree_with_their_noun() {
        assert_eq!(error_text(Locale::ru, &AppError::TooMany { retry_after_seconds: 21 }).next, "Попробуйте снова через 21 секунду.");
    }

    #[test]
    fn an_error_page_needs_no_script() {
        for error in ERRORS {
            assert!(!error_page(Locale::en, &error, Uuid::nil(), PLAIN).contains("<script"));
        }
    }
}
