//! What stands around a page.

pub mod partner;
pub mod public;
pub mod staff;

use leptos::prelude::*;
use leptos_i18n::Locale as _;

use crate::brand::{foot_view, mark_view};
use crate::components::clock_banner::ClockBanner;
use crate::components::icon::{Icon, lucide};
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::context::{PageState, Theme};
use crate::form::HiddenField;
use crate::i18n::{Locale, td_string};
use crate::paths;

macro_rules! notices {
    ($($(#[$doc:meta])* $variant:ident => $code:ident),+ $(,)?) => {
        /// What was just done, said once on the page that follows (`?notice=<code>`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Notice {
            $($(#[$doc])* $variant,)+
        }

        impl Notice {
            /// The code it travels under.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => stringify!($code)),+ }
            }

            /// Reads a code; anything else is no notice.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $(stringify!($code) => Some(Self::$variant),)+ _ => None }
            }

            fn text(self, locale: Locale) -> &'static str {
                match self { $(Self::$variant => td_string!(locale, layout.notice.$code)),+ }
            }
        }
    };
}

notices! {
    /// The viewer signed out.
    SignedOut => signed_out,
    /// A request was sent.
    RequestSubmitted => request_submitted,
    /// A request was withdrawn.
    RequestWithdrawn => request_withdrawn,
    /// A request was approved.
    RequestApproved => request_approved,
    /// A request was refused.
    RequestRefused => request_refused,
    /// A message was written.
    CommentWritten => comment_written,
    /// A note was written.
    NoteWritten => note_written,
    /// A request was corrected.
    RequestAnswered => request_answered,
    /// Files were attached to a request.
    FilesAttached => files_attached,
    /// A file of a request was taken away.
    FileRemoved => file_removed,
    /// A request was taken into review.
    RequestTaken => request_taken,
    /// A request was put back into the queue.
    RequestReleased => request_released,
    /// A request was given to a reviewer.
    RequestAssigned => request_assigned,
    /// The partner was asked for corrections.
    CorrectionAsked => correction_asked,
    /// A decided request was opened again.
    RequestReopened => request_reopened,
    /// An approved request was given up.
    RequestCancelled => request_cancelled,
    /// A request was carried out.
    RequestFulfilled => request_fulfilled,
    /// A draft was saved.
    DraftSaved => draft_saved,
    /// The long form was sent.
    DetailsSent => details_sent,
    /// A request was taken back to go on writing.
    RequestRecalled => request_recalled,
    /// A request was taken up again.
    RequestRevised => request_revised,
    /// Text or interview was chosen.
    ChoiceSaved => choice_saved,
    /// A time for an interview was picked.
    SlotPicked => slot_picked,
    /// None of the times suited.
    SlotsDeclined => slots_declined,
    /// A text was agreed.
    TextAgreed => text_agreed,
    /// A text was returned.
    TextReturned => text_returned,
    /// Times for an interview were offered.
    SlotsOffered => slots_offered,
    /// An interview was held.
    InterviewRecorded => interview_recorded,
    /// A version of a text was stored.
    TextSaved => text_saved,
    /// A text was put before the partner.
    TextOffered => text_offered,
    /// A publication was recorded.
    PublicationRecorded => publication_recorded,
    /// A client was added.
    ClientAdded => client_added,
    /// How a client is rewarded was picked.
    RateChosen => rate_chosen,
    /// A trial was recorded.
    TrialRecorded => trial_recorded,
    /// A trial's result was recorded.
    TrialEnded => trial_ended,
    /// A passed exam was recorded.
    ExamRecorded => exam_recorded,
    /// A late fact was proposed.
    LateFactProposed => late_fact_proposed,
    /// A late fact was accepted.
    LateFactAccepted => late_fact_accepted,
    /// A late fact was declined.
    LateFactDeclined => late_fact_declined,
    /// A decision on the level was recorded.
    LevelDecided => level_decided,
    /// A billing file was imported.
    UsageImported => usage_imported,
    /// A checked billing file was discarded.
    UsageDiscarded => usage_discarded,
    /// New terms were published.
    TermsPublished => terms_published,
    /// A month was closed.
    MonthClosed => month_closed,
    /// An entry of the ledger was taken back.
    EntryReversed => entry_reversed,
    /// A settlement run was made.
    RunMade => run_made,
    /// It was recorded that a settlement run was carried out.
    RunSettled => run_settled,
    /// A settlement run was dropped.
    RunDropped => run_dropped,
    /// The settings of settlement were changed.
    SettingsSaved => settings_saved,
    /// A partner's bank account was recorded.
    AccountSaved => account_saved,
    /// An adjustment was proposed.
    AdjustmentProposed => adjustment_proposed,
    /// An adjustment was accepted.
    AdjustmentAccepted => adjustment_accepted,
    /// An adjustment was declined.
    AdjustmentDeclined => adjustment_declined,
    /// A code was redeemed.
    CodeRedeemed => code_redeemed,
    /// A code was revoked.
    CodeRevoked => code_revoked,
    /// The topics to comment on were chosen.
    TopicsChosen => topics_chosen,
    /// The partner comments on no news any more.
    CommentsLeft => comments_left,
    /// The bonus of a comment was set.
    BonusSet => bonus_set,
    /// A news item was posted.
    NewsPosted => news_posted,
    /// Notices were marked as read.
    NoticesRead => notices_read,
    /// Whether one is told by e-mail was saved.
    EmailNoticesSaved => email_notices_saved,
    /// The draft of a brand was saved.
    BrandSaved => brand_saved,
    /// A brand was published.
    BrandPublished => brand_published,
    /// An older version of a brand was published again.
    BrandRestored => brand_restored,
    /// A brand was taken off.
    BrandTakenOff => brand_taken_off,
    /// A picture of a brand was taken away.
    BrandPictureRemoved => brand_picture_removed,
    /// A picture of a brand was saved.
    BrandPictureSaved => brand_picture_saved,
    /// A name for the portal was added.
    HostAdded => host_added,
    /// A name for the portal was proven.
    HostProven => host_proven,
    /// A name for the portal was given up.
    HostRemoved => host_removed,
    /// A name for a partner's portal was taken back.
    HostRevoked => host_revoked,
    /// A name for a partner's portal was admitted again.
    HostReadmitted => host_readmitted,
}

/// An entry of the navigation.
#[derive(Clone, Copy)]
pub struct NavigationEntry {
    /// Where it leads.
    pub href: &'static str,
    /// Its word.
    pub label: &'static str,
    /// Its icon.
    pub icon: icondata_core::Icon,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// The frame of every page: banner, header with navigation, notice, content, footer.
#[component]
pub fn Frame(
    /// The state of the page.
    state: PageState,
    /// Whose pages these are: the partner's name, or the staff.
    #[prop(optional_no_strip)]
    owner: Option<String>,
    /// Who is signed in.
    #[prop(optional_no_strip)]
    person: Option<String>,
    /// Notices that the person has not read; none where nobody is told anything.
    #[prop(optional_no_strip)]
    unread_notices: Option<i64>,
    /// The sections.
    navigation: Vec<NavigationEntry>,
    /// Whether the page is one narrow card in the middle.
    #[prop(optional)]
    narrow: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let locale = state.locale;
    let notice = state.notice.map(|notice| {
        let about = state.notice_about.map(|reference| (paths::staff_request(reference), reference.to_string()));
        view! { <NoticeView tone=Tone::Good text=notice.text(locale) about/> }
    });
    let mark = match &state.brand {
        Some(brand) => mark_view(brand),
        None => owner.unwrap_or_else(|| td_string!(locale, common.portal).to_owned()).into_any(),
    };
    let foot = state.brand.as_ref().and_then(|brand| foot_view(locale, brand));
    let sections = td_string!(locale, layout.navigation);
    let has_sections = !navigation.is_empty();
    let menu = has_sections.then(|| {
        view! {
            <details class="app-menu">
                <summary>
                    <Icon icon=lucide::LuMenu/>
                    {td_string!(locale, layout.menu)}
                </summary>
                <nav aria-label=sections>{navigation_links(&navigation)}</nav>
            </details>
        }
    });
    let wide = has_sections.then(|| view! { <nav class="app-nav" aria-label=sections>{navigation_links(&navigation)}</nav> });
    let person = person.map(|name| {
        view! {
            <form class="row" method="post" action=paths::API_SIGN_OUT>
                <span class="small muted wide-only">{name}</span>
                <button class="btn btn-sm btn-ghost" type="submit">
                    <Icon icon=lucide::LuLogOut/>
                    {td_string!(locale, layout.sign_out)}
                </button>
            </form>
        }
    });
    let main = if narrow { "center-page" } else { "app-main" };
    view! {
        <a class="skip-link" href="#content">{td_string!(locale, layout.skip)}</a>
        <div class=(!narrow).then_some("app-shell")>
            <ClockBanner locale moved_clock=state.moved_clock/>
            <header class="app-header">
                {menu}
                <a class="app-brand" href=paths::START>{mark}</a>
                <div class="app-header__end">{unread_notices.map(|unread| bell(locale, unread))}{person}</div>
            </header>
            {wide}
            <main class=main id="content" tabindex="-1">
                {notice}
                {children()}
            </main>
            <footer class="app-footer">
                {foot}
                <a href=paths::RULES>{td_string!(locale, layout.rules)}</a>
                <LanguageSwitch locale path=state.path.clone()/>
                <ThemeSwitch locale theme=state.theme path=state.path/>
            </footer>
        </div>
    }
}

/// The bell, which leads to the notices: its number is read out with what it counts.
fn bell(locale: Locale, unread: i64) -> impl IntoView {
    let (name, count) = match u64::try_from(unread).unwrap_or(0) {
        0 => (td_string!(locale, layout.bell.none).to_owned(), None),
        // No more are counted.
        100.. => (td_string!(locale, layout.bell.many).to_owned(), Some("99+".to_owned())),
        few => (td_string!(locale, layout.bell.unread, count = few), Some(few.to_string())),
    };
    view! {
        <a class="btn btn-sm btn-ghost app-bell" href=paths::PARTNER_NOTICES aria-label=name>
            <Icon icon=lucide::LuBell/>
            {count.map(|count| view! { <span class="count" aria-hidden="true">{count}</span> })}
        </a>
    }
}

fn navigation_links(entries: &[NavigationEntry]) -> impl IntoView + use<> {
    entries
        .iter()
        .map(|entry| {
            view! {
                <a href=entry.href aria-current=entry.current.then_some("page")>
                    <Icon icon=entry.icon/>
                    {entry.label}
                </a>
            }
        })
        .collect::<Vec<_>>()
}

/// The choice of language: a form, so that no link changes anything.
#[component]
fn LanguageSwitch(locale: Locale, path: String) -> impl IntoView {
    let choices: Vec<_> = Locale::get_all()
        .iter()
        .map(|choice| {
            // A language is named in itself.
            let name = match choice {
                Locale::ru => "Русский",
                Locale::en => "English",
            };
            view! {
                <button class="btn btn-sm btn-ghost" type="submit" name="language" value=choice.as_str() lang=choice.as_str() aria-pressed=pressed(*choice == locale)>
                    {name}
                </button>
            }
        })
        .collect();
    view! {
        <form class="row" method="post" action=paths::API_LANGUAGE aria-label=td_string!(locale, layout.language)>
            <HiddenField name="return_to" value=path/>
            {choices}
        </form>
    }
}

/// The choice of look.
#[component]
fn ThemeSwitch(locale: Locale, theme: Theme, path: String) -> impl IntoView {
    let choices: Vec<_> = Theme::ALL
        .into_iter()
        .map(|choice| {
            let name = match choice {
                Theme::System => td_string!(locale, layout.theme_choice.system),
                Theme::Light => td_string!(locale, layout.theme_choice.light),
                Theme::Dark => td_string!(locale, layout.theme_choice.dark),
            };
            view! {
                <button class="btn btn-sm btn-ghost" type="submit" name="theme" value=choice.name().unwrap_or("system") aria-pressed=pressed(choice == theme)>
                    {name}
                </button>
            }
        })
        .collect();
    view! {
        <form class="row" method="post" action=paths::API_THEME aria-label=td_string!(locale, layout.theme)>
            <HiddenField name="return_to" value=path/>
            {choices}
        </form>
    }
}

fn pressed(pressed: bool) -> &'static str {
    if pressed { "true" } else { "false" }
}
