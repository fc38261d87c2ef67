//! `/partner/notices/{notice}`: opens a notice. It counts as read from then on, and leads to what it is about. Links in e-mails come
//! here, too.

use leptos::prelude::*;

use super::words::words;
use crate::context::{path_value, services};
use crate::form::redirect;
use crate::i18n::td_string;
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// Leads on. Whoever does not follow finds the link.
#[component]
pub fn NoticeOpenPage() -> impl IntoView {
    partner_page(PartnerSection::Notices, async |partner, state| {
        let news = services()?.notice_open(&partner.viewer, path_value("notice")?).await?;
        let locale = state.locale;
        let (text, href) = match news.map(|news| words(locale, &news)) {
            Some(words) => (words.text, words.href),
            None => (td_string!(locale, notices.unreadable).to_owned(), paths::PARTNER_NOTICES.to_owned()),
        };
        redirect(&href);
        let title = td_string!(locale, notices.title);
        Ok(Page::new(title, view! { <h1>{title}</h1> <p><a href=href>{text}</a></p> }))
    })
}
