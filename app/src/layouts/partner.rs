//! Around a partner's pages.

use leptos::prelude::*;

use crate::components::icon::lucide;
use crate::context::PageState;
use crate::i18n::td_string;
use crate::layouts::{Frame, NavigationEntry};
use crate::page::PartnerViewer;
use crate::paths;

/// The sections of a partner's navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerSection {
    /// Home.
    Home,
    /// Level.
    Level,
    /// Months ahead as the partner supposes them.
    WhatIf,
    /// Privileges.
    Privileges,
    /// Money.
    Money,
    /// Rebates.
    Rebates,
    /// Clients.
    Clients,
    /// Bonus codes.
    BonusCodes,
    /// Case studies.
    Cases,
    /// Free months.
    FreeMonths,
    /// Requests of all kinds.
    Requests,
    /// Bonuses of sales managers.
    SalesBonuses,
    /// Comments on news.
    TelegramComments,
    /// The partner's brand.
    Brand,
    /// What the partner was told; the bell leads there.
    Notices,
}

/// The frame with the partner's name and navigation.
#[component]
pub fn PartnerLayout(
    /// The state of the page.
    state: PageState,
    /// Who looks.
    partner: PartnerViewer,
    /// The section the page belongs to, if it belongs to one.
    #[prop(into)]
    section: Option<PartnerSection>,
    /// The page.
    children: Children,
) -> impl IntoView {
    use PartnerSection::{
        BonusCodes, Brand, Cases, Clients, FreeMonths, Home, Level, Money, Privileges, Rebates, Requests, SalesBonuses, TelegramComments,
        WhatIf,
    };
    let locale = state.locale;
    let navigation = [
        (Home, paths::PARTNER_HOME, td_string!(locale, layout.partner_section.home), lucide::LuHouse),
        (Level, paths::PARTNER_LEVEL, td_string!(locale, layout.partner_section.level), lucide::LuTrendingUp),
        (WhatIf, paths::PARTNER_WHAT_IF, td_string!(locale, layout.partner_section.what_if), lucide::LuCalculator),
        (Money, paths::PARTNER_MONEY, td_string!(locale, layout.partner_section.money), lucide::LuWallet),
        (Rebates, paths::PARTNER_REBATES, td_string!(locale, layout.partner_section.rebates), lucide::LuPercent),
        (Privileges, paths::PARTNER_PRIVILEGES, td_string!(locale, layout.partner_section.privileges), lucide::LuList),
        (Clients, paths::PARTNER_CLIENTS, td_string!(locale, layout.partner_section.clients), lucide::LuUsers),
        (BonusCodes, paths::PARTNER_BONUS_CODES, td_string!(locale, layout.partner_section.bonus_codes), lucide::LuTicket),
        (FreeMonths, paths::PARTNER_FREE_MONTHS, td_string!(locale, layout.partner_section.free_months), lucide::LuGift),
        (SalesBonuses, paths::PARTNER_SALES_BONUSES, td_string!(locale, layout.partner_section.sales_bonuses), lucide::LuHandshake),
        (
            TelegramComments,
            paths::PARTNER_TELEGRAM_COMMENTS,
            td_string!(locale, layout.partner_section.telegram_comments),
            lucide::LuMessageSquare,
        ),
        (Cases, paths::PARTNER_CASES, td_string!(locale, layout.partner_section.cases), lucide::LuNewspaper),
        (Brand, paths::PARTNER_BRAND, td_string!(locale, layout.partner_section.brand), lucide::LuPalette),
        (Requests, paths::PARTNER_REQUESTS, td_string!(locale, layout.partner_section.requests), lucide::LuInbox),
    ]
    .map(|(entry, href, label, icon)| NavigationEntry { href, label, icon, current: section == Some(entry) });
    let unread_notices = Some(partner.viewer.unread_notices);
    view! {
        <Frame state owner=Some(partner.partner.name) person=Some(partner.viewer.display_name) unread_notices navigation=navigation.into()>
            {children()}
        </Frame>
    }
}
