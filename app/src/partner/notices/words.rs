//! A notice in words, and where it leads. The list, the home page and the e-mails say the same.

use domain::money::Money;
use service::notices::{Decision, News};

use crate::components::request::{kind_name, refusal_reason_name};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeWords {
    /// What it is about, without figures: the subject of an e-mail, which others may see over a shoulder.
    pub subject: String,
    /// What happened, in one sentence.
    pub text: String,
    /// What a person at the provider wrote about it.
    pub quote: Option<String>,
    /// Where it leads.
    pub href: String,
}

/// The words of a notice.
pub fn words(locale: Locale, news: &News) -> NoticeWords {
    let plain = |subject: &str, text: String, href: String| NoticeWords { subject: subject.to_owned(), text, quote: None, href };
    match news {
        News::MonthClosed { month, accrued, corrected } => {
            let (month, accrued) = (format::month(locale, *month), format::money(locale, *accrued));
            let subject = td_string!(locale, notices.subject.month_closed, month = month.clone());
            let text = if corrected.is_zero() {
                td_string!(locale, notices.news.month_closed, month = month, accrued = accrued)
            } else {
                let corrected = format::signed_money(locale, *corrected);
                td_string!(locale, notices.news.month_corrected, month = month, accrued = accrued, corrected = corrected)
            };
            plain(&subject, text, paths::PARTNER_MONEY.to_owned())
        }
        News::LevelChanged { from, model, .. } => {
            let (date, model) = (format::date_long(locale, *from), format::model(locale, *model));
            let text = td_string!(locale, notices.news.level_changed, date = date, model = model);
            plain(td_string!(locale, notices.subject.level_changed), text, paths::PARTNER_LEVEL.to_owned())
        }
        News::Settled { amount, .. } => {
            let text = match amount {
                Some(amount) => td_string!(locale, notices.news.settled, amount = format::money(locale, *amount)),
                None => td_string!(locale, notices.news.settled_plain).to_owned(),
            };
            let href = paths::with_query(paths::PARTNER_MONEY, &[("state", "settled")]);
            plain(td_string!(locale, notices.subject.settled), text, href)
        }
        News::Adjusted { entry, amount } => {
            let text = td_string!(locale, notices.news.adjusted, amount = format::signed_money(locale, *amount));
            plain(td_string!(locale, notices.subject.adjusted), text, paths::partner_money_entry(entry))
        }
        News::Reversed { entry, amount } => {
            let text = td_string!(locale, notices.news.reversed, amount = format::money(locale, -*amount));
            plain(td_string!(locale, notices.subject.reversed), text, paths::partner_money_entry(entry))
        }
        News::RequestDecided { reference, request, decision } => {
            let (named, kind) = (reference.clone(), kind_name(locale, *request));
            let href = paths::partner_request(reference);
            match decision {
                Decision::Approved { accrued } => {
                    let subject = td_string!(locale, notices.subject.approved, reference = named.clone());
                    let text = match accrued.filter(|accrued| *accrued != Money::ZERO) {
                        None => td_string!(locale, notices.news.approved, reference = named, kind = kind),
                        Some(accrued) => {
                            let accrued = format::money(locale, accrued);
                            td_string!(locale, notices.news.approved_accrued, reference = named, kind = kind, accrued = accrued)
                        }
                    };
                    plain(&subject, text, href)
                }
                Decision::Cancelled { text } => NoticeWords {
                    subject: td_string!(locale, notices.subject.cancelled, reference = named.clone()),
                    text: td_string!(locale, notices.news.cancelled, reference = named, kind = kind),
                    quote: quote(text),
                    href,
                },
                Decision::Reopened { text } => NoticeWords {
                    subject: td_string!(locale, notices.subject.reopened, reference = named.clone()),
                    text: td_string!(locale, notices.news.reopened, reference = named, kind = kind),
                    quote: quote(text),
                    href,
                },
                Decision::Refused { reason, text } => {
                    let reason = refusal_reason_name(locale, *reason);
                    NoticeWords {
                        subject: td_string!(locale, notices.subject.refused, reference = named.clone()),
                        text: td_string!(locale, notices.news.refused, reference = named, kind = kind, reason = reason),
                        quote: quote(text),
                        href,
                    }
                }
            }
        }
        News::ActionRequired { reference, request, words } => {
            let (named, kind) = (reference.clone(), kind_name(locale, *request));
            NoticeWords {
                subject: td_string!(locale, notices.subject.action_required, reference = named.clone()),
                text: td_string!(locale, notices.news.action_required, reference = named, kind = kind),
                quote: quote(words),
                href: paths::partner_request(reference),
            }
        }
        News::MessageWritten { reference, request, words } => {
            let (named, kind) = (reference.clone(), kind_name(locale, *request));
            NoticeWords {
                subject: td_string!(locale, notices.subject.message_written, reference = named.clone()),
                text: td_string!(locale, notices.news.message_written, reference = named, kind = kind),
                quote: quote(words),
                href: format!("{}#thread", paths::partner_request(reference)),
            }
        }
        News::Published { reference, request, accrued } => {
            let (named, kind) = (reference.clone(), kind_name(locale, *request));
            let subject = td_string!(locale, notices.subject.published, reference = named.clone());
            let text = match accrued.filter(|accrued| *accrued != Money::ZERO) {
                None => td_string!(locale, notices.news.published, reference = named, kind = kind),
                Some(accrued) => {
                    let accrued = format::money(locale, accrued);
                    td_string!(locale, notices.news.published_accrued, reference = named, kind = kind, accrued = accrued)
                }
            };
            plain(&subject, text, paths::partner_request(reference))
        }
        News::CommentAsked { reference, title, deadline } => {
            let (title, date) = (title.clone(), format::date_long(locale, *deadline));
            let text = td_string!(locale, notices.news.comment_asked, title = title, date = date);
            plain(td_string!(locale, notices.subject.comment_asked), text, paths::partner_request(reference))
        }
        News::CommentClosed { reference, title, deadline } => {
            let (title, date) = (title.clone(), format::date_long(locale, *deadline));
            let text = td_string!(locale, notices.news.comment_closed, title = title, date = date);
            plain(td_string!(locale, notices.subject.comment_closed), text, paths::partner_request(reference))
        }
    }
}

fn quote(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}
