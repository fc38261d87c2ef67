//! Around the pages of the staff.

use leptos::prelude::*;
use service::Viewer;

use crate::components::icon::lucide;
use crate::context::PageState;
use crate::i18n::td_string;
use crate::layouts::{Frame, NavigationEntry};
use crate::paths;

/// The sections of the staff's navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffSection {
    /// What waits.
    Inbox,
    /// Partners.
    Partners,
    /// Billing files.
    Usage,
    /// Closing of months.
    Months,
    /// Facts that would change levels of days already past.
    LateFacts,
    /// News for comments.
    News,
    /// The ledger.
    Ledger,
    /// Settlement runs.
    Settlements,
    /// Adjustments by hand.
    Adjustments,
    /// Names under which partners' portals are reached.
    Hosts,
    /// Bonus codes.
    Codes,
    /// The numbers of the programme.
    Terms,
    /// The audit record.
    Audit,
}

/// The frame with the staff's navigation.
#[component]
pub fn StaffLayout(
    /// The state of the page.
    state: PageState,
    /// Who looks.
    viewer: Viewer,
    /// The section the page belongs to, if it belongs to one.
    #[prop(into)]
    section: Option<StaffSection>,
    /// The page.
    children: Children,
) -> impl IntoView {
    use StaffSection::{Adjustments, Audit, Codes, Hosts, Inbox, LateFacts, Ledger, Months, News, Partners, Settlements, Terms, Usage};
    let locale = state.locale;
    let navigation = [
        (Inbox, paths::STAFF_INBOX, td_string!(locale, layout.staff_section.inbox), lucide::LuInbox),
        (News, paths::STAFF_NEWS, td_string!(locale, layout.staff_section.news), lucide::LuMessageSquare),
        (Partners, paths::STAFF_PARTNERS, td_string!(locale, layout.staff_section.partners), lucide::LuBuilding2),
        (Usage, paths::STAFF_USAGE, td_string!(locale, layout.staff_section.usage), lucide::LuFileUp),
        (Months, paths::STAFF_MONTHS, td_string!(locale, layout.staff_section.months), lucide::LuCalendar),
        (LateFacts, paths::STAFF_LATE_FACTS, td_string!(locale, layout.staff_section.late_facts), lucide::LuHourglass),
        (Ledger, paths::STAFF_LEDGER, td_string!(locale, layout.staff_section.ledger), lucide::LuBookOpen),
        (Settlements, paths::STAFF_SETTLEMENTS, td_string!(locale, layout.staff_section.settlements), lucide::LuBanknote),
        (Adjustments, paths::STAFF_ADJUSTMENTS, td_string!(locale, layout.staff_section.adjustments), lucide::LuPencil),
        (Codes, paths::STAFF_CODES, td_string!(locale, layout.staff_section.codes), lucide::LuTicket),
        (Hosts, paths::STAFF_HOSTS, td_string!(locale, layout.staff_section.hosts), lucide::LuGlobe),
        (Terms, paths::STAFF_TERMS, td_string!(locale, layout.staff_section.terms), lucide::LuScale),
        (Audit, paths::STAFF_AUDIT, td_string!(locale, layout.staff_section.audit), lucide::LuHistory),
    ]
    .map(|(entry, href, label, icon)| NavigationEntry { href, label, icon, current: section == Some(entry) });
    let owner = Some(td_string!(locale, layout.staff).to_owned());
    view! {
        <Frame state owner person=Some(viewer.display_name) navigation=navigation.into()>
            {children()}
        </Frame>
    }
}
