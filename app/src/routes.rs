//! The route table: one line per page, in the order of `paths`. Every page is rendered whole before it is sent, so that its status
//! and headers are known and it reads without scripting.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::page::{NotFoundPage, StartPage};
use crate::partner::bonus_codes::bonus_codes_page::BonusCodesPage;
use crate::partner::brand::brand_page::BrandPage;
use crate::partner::brand::preview_page::BrandPreviewPage;
use crate::partner::cases::case_page::CasePage;
use crate::partner::cases::cases_page::CasesPage;
use crate::partner::cases::new_case_page::NewCasePage;
use crate::partner::clients::client_page::ClientPage;
use crate::partner::clients::clients_page::ClientsPage;
use crate::partner::clients::new_client_page::NewClientPage;
use crate::partner::free_months::client_page::ClientFreeMonthsPage;
use crate::partner::free_months::clients_page::FreeMonthsPage;
use crate::partner::home::home_page::HomePage;
use crate::partner::level::level_page::LevelPage;
use crate::partner::money::entry_page::MoneyEntryPage;
use crate::partner::money::money_page::MoneyPage;
use crate::partner::money::sum_page::{ProjectedSumPage, SavedSumPage};
use crate::partner::notices::notices_page::NoticesPage;
use crate::partner::notices::open_page::NoticeOpenPage;
use crate::partner::privileges::privileges_page::PrivilegesPage;
use crate::partner::rebates::rebates_page::RebatesPage;
use crate::partner::requests::request_page::RequestPage;
use crate::partner::requests::requests_page::RequestsPage;
use crate::partner::sales_bonuses::sales_bonuses_page::SalesBonusesPage;
use crate::partner::telegram_comments::telegram_comments_page::TelegramCommentsPage;
use crate::partner::what_if::what_if_page::WhatIfPage;
use crate::public::rules_page::RulesPage;
use crate::public::sign_in_page::SignInPage;
use crate::staff::adjustments::adjustments_page::AdjustmentsPage;
use crate::staff::audit::audit_page::AuditPage;
use crate::staff::codes::codes_page::CodesPage;
use crate::staff::hosts::hosts_page::HostsPage;
use crate::staff::inbox::inbox_page::{InboxItemPage, InboxPage};
use crate::staff::inbox::report_page::RequestReportPage;
use crate::staff::late_facts::late_fact_page::LateFactPage;
use crate::staff::late_facts::late_facts_page::LateFactsPage;
use crate::staff::ledger::approval_page::{ApprovalQuestionPage, ApprovalResultPage};
use crate::staff::ledger::entry_page::EntryPage;
use crate::staff::ledger::ledger_page::LedgerPage;
use crate::staff::months::months_page::MonthsPage;
use crate::staff::news::new_news_page::NewNewsPage;
use crate::staff::news::news_page::NewsPage;
use crate::staff::partners::bank_account_page::BankAccountPage;
use crate::staff::partners::partner_page::PartnerPage;
use crate::staff::partners::partners_page::PartnersPage;
use crate::staff::settlements::preview_page::RunPreviewPage;
use crate::staff::settlements::run_page::RunPage;
use crate::staff::settlements::runs_page::RunsPage;
use crate::staff::settlements::settings_page::SettlementSettingsPage;
use crate::staff::terms::new_terms_page::NewTermsPage;
use crate::staff::terms::terms_page::TermsPage;
use crate::staff::usage::import_page::ImportPage;
use crate::staff::usage::usage_page::UsagePage;

/// The pages.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/rules") view=RulesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner") view=HomePage ssr=SsrMode::Async/>
                <Route path=path!("/partner/level") view=LevelPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/what-if") view=WhatIfPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/money") view=MoneyPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/money/:entry") view=MoneyEntryPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/money/rows/:rule/:period") view=ProjectedSumPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/money/saved/:month") view=SavedSumPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/rebates") view=RebatesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/privileges") view=PrivilegesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/clients") view=ClientsPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/clients/new") view=NewClientPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/clients/:id") view=ClientPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/brand") view=BrandPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/brand/preview") view=BrandPreviewPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/bonus-codes") view=BonusCodesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/free-months") view=FreeMonthsPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/free-months/:client") view=ClientFreeMonthsPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/sales-bonuses") view=SalesBonusesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/telegram-comments") view=TelegramCommentsPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/cases") view=CasesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/cases/new") view=NewCasePage ssr=SsrMode::Async/>
                <Route path=path!("/partner/cases/:reference") view=CasePage ssr=SsrMode::Async/>
                <Route path=path!("/partner/requests") view=RequestsPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/requests/:reference") view=RequestPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/notices") view=NoticesPage ssr=SsrMode::Async/>
                <Route path=path!("/partner/notices/:notice") view=NoticeOpenPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/inbox") view=InboxPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/inbox/report") view=RequestReportPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/inbox/:reference") view=InboxItemPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/partners") view=PartnersPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/partners/:id") view=PartnerPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/partners/:id/bank-account") view=BankAccountPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/usage") view=UsagePage ssr=SsrMode::Async/>
                <Route path=path!("/staff/usage/:import") view=ImportPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/months") view=MonthsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/late-facts") view=LateFactsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/late-facts/:fact") view=LateFactPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/hosts") view=HostsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/news") view=NewsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/news/new") view=NewNewsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/ledger") view=LedgerPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/ledger/approval") view=ApprovalQuestionPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/ledger/approved") view=ApprovalResultPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/ledger/:entry") view=EntryPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/settlements") view=RunsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/settlements/new") view=RunPreviewPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/settlements/settings") view=SettlementSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/settlements/:reference") view=RunPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/adjustments") view=AdjustmentsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/codes") view=CodesPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/terms") view=TermsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/terms/new") view=NewTermsPage ssr=SsrMode::Async/>
                <Route path=path!("/staff/audit") view=AuditPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
