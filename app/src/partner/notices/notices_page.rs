//! `/partner/notices`: everything the partner was told, what of it the reader has not read, and the switch of the e-mails.

use leptos::prelude::*;
use service::notices::{EmailStatus, Notice};
use service::requests::Page as ListPage;

use super::words::words;
use crate::components::date::InstantText;
use crate::components::empty_state::EmptyState;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::tabs::{Tab, Tabs};
use crate::context::{query, services};
use crate::form::HiddenField;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// Which notices are shown, in the address.
const SHOW: &str = "show";
const UNREAD: &str = "unread";

/// The list.
#[component]
pub fn NoticesPage() -> impl IntoView {
    partner_page(PartnerSection::Notices, async |partner, state| {
        let unread = query(SHOW).as_deref() == Some(UNREAD);
        let after = query(AFTER);
        let page = services()?.notices_page(&partner.viewer, unread, after.as_deref()).await?;
        let locale = state.locale;
        let title = td_string!(locale, notices.title);
        // What comes while the page is read stays unread: the button means what the page shows.
        let newest = page.lines.first().filter(|_| after.is_none() && partner.viewer.unread_notices > 0).map(|notice| notice.id);
        let mark_all = newest.map(|through| {
            view! {
                <form class="actions" method="post" action=paths::API_NOTICES_READ>
                    <HiddenField name="through" value=through.to_string()/>
                    <button class="btn" type="submit">{td_string!(locale, notices.mark_all)}</button>
                </form>
            }
        });
        let ListPage { lines, next } = page;
        let list = if lines.is_empty() { empty_view(locale, unread).into_any() } else { list_view(locale, lines).into_any() };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, notices.lead)}</p>
                    </div>
                    {mark_all}
                </div>
                <Tabs label=td_string!(locale, notices.filter) tabs=tabs(locale, unread)/>
                {list}
                <NextPage locale address=list_address(unread) after next/>
                {email_card(locale, partner.viewer.email, partner.viewer.email_notices)}
            },
        ))
    })
}

fn list_address(unread: bool) -> String {
    paths::with_query(paths::PARTNER_NOTICES, &[(SHOW, if unread { UNREAD } else { "" })])
}

fn tabs(locale: Locale, unread: bool) -> Vec<Tab> {
    let tab = |of_unread, label: &str| Tab { href: list_address(of_unread), label: label.to_owned(), current: of_unread == unread };
    vec![tab(false, td_string!(locale, notices.all)), tab(true, td_string!(locale, notices.unread))]
}

fn empty_view(locale: Locale, unread: bool) -> impl IntoView {
    let (title, text) = if unread {
        (td_string!(locale, notices.all_read_title), td_string!(locale, notices.all_read_text))
    } else {
        (td_string!(locale, notices.empty_title), td_string!(locale, notices.empty_text))
    };
    view! { <EmptyState title text/> }
}

fn list_view(locale: Locale, notices: Vec<Notice>) -> impl IntoView {
    let items: Vec<_> = notices
        .into_iter()
        .map(|notice| {
            let (text, quote) = match &notice.news {
                Some(news) => {
                    let words = words(locale, news);
                    (words.text, words.quote)
                }
                None => (td_string!(locale, notices.unreadable).to_owned(), None),
            };
            let new = notice.unread.then(|| view! { <span class="count">{td_string!(locale, notices.new)}</span> });
            view! {
                <li class="notice-line">
                    <p><a href=paths::partner_notice(notice.id)>{text}</a> " " {new}</p>
                    {quote.map(|quote| view! { <p class="muted">{quote}</p> })}
                    <p class="muted small"><InstantText locale at=notice.at/> {email_text(locale, notice.email)}</p>
                </li>
            }
        })
        .collect();
    view! { <ul class="notice-list">{items}</ul> }
}

/// How far the e-mail got, after a dot; nothing where there is none.
fn email_text(locale: Locale, email: EmailStatus) -> Option<String> {
    let text = match email {
        EmailStatus::None => return None,
        EmailStatus::Queued => td_string!(locale, notices.email.queued).to_owned(),
        EmailStatus::Sent(at) => td_string!(locale, notices.email.sent, instant = format::instant(locale, at)),
        EmailStatus::NoMailServer => td_string!(locale, notices.email.no_mail_server).to_owned(),
        EmailStatus::Undeliverable => td_string!(locale, notices.email.undeliverable).to_owned(),
        EmailStatus::Unwanted => td_string!(locale, notices.email.unwanted).to_owned(),
    };
    Some(format!(" · {text}"))
}

fn email_card(locale: Locale, address: String, wanted: bool) -> impl IntoView {
    let (text, button) = if wanted {
        (td_string!(locale, notices.by_email.on, address = address), td_string!(locale, notices.by_email.switch_off))
    } else {
        (td_string!(locale, notices.by_email.off).to_owned(), td_string!(locale, notices.by_email.switch_on))
    };
    view! {
        <section class="card" aria-labelledby="by-email">
            <h2 class="card-title" id="by-email">{td_string!(locale, notices.by_email.title)}</h2>
            <p>{text}</p>
            <form method="post" action=paths::API_NOTICES_BY_EMAIL>
                <HiddenField name="wanted" value=if wanted { "false" } else { "true" }/>
                <button class="btn" type="submit">{button}</button>
            </form>
        </section>
    }
}
