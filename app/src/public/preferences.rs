//! The reader's language and look: cookies, set by a form.
#![expect(missing_docs, reason = "`#[server]` makes public items that take no comment")]
#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, clippy::ignored_unit_patterns, reason = "`#[server]` wants async functions and writes the patterns")
)]

use leptos::prelude::*;

use crate::error::AppError;

/// Chooses the language and returns to the page.
#[server(prefix = "/api", endpoint = "language")]
pub async fn choose_language(#[server(default)] language: String, #[server(default)] return_to: String) -> Result<(), AppError> {
    use crate::context::LOCALE_COOKIE;
    use crate::i18n::Locale;
    use leptos_i18n::Locale as _;

    let locale: Locale = language.parse().map_err(|_| AppError::BadRequest)?;
    // A person's own choice also speaks where there is no cookie: in another browser, in a letter.
    if let (Some(viewer), Some(chosen)) = (crate::context::optional_viewer(), service::Locale::from_tag(locale.as_str())) {
        crate::context::services()?.locale_choose(&viewer, chosen).await?;
    }
    remember(LOCALE_COOKIE, locale.as_str(), &return_to);
    Ok(())
}

/// Chooses the look and returns to the page.
#[server(prefix = "/api", endpoint = "theme")]
pub async fn choose_theme(#[server(default)] theme: String, #[server(default)] return_to: String) -> Result<(), AppError> {
    use crate::context::{THEME_COOKIE, Theme};

    remember(THEME_COOKIE, Theme::from_name(&theme).name().unwrap_or("system"), &return_to);
    Ok(())
}

/// Keeps a choice for a year and leads back. The values are ours, so they need no encoding.
#[cfg(feature = "ssr")]
fn remember(cookie: &str, value: &str, return_to: &str) {
    use http::{HeaderValue, header};

    const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        let text = format!("{cookie}={value}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax; HttpOnly");
        if let Ok(text) = HeaderValue::from_str(&text) {
            response.append_header(header::SET_COOKIE, text);
        }
    }
    crate::form::redirect(crate::paths::local(return_to).unwrap_or(crate::paths::START));
}
