//! The route table: one line per page, in the order of `paths`. Every page is rendered whole before it is sent, so that its status
//! and headers are known and it reads without scripting.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::page::{NotFoundPage, StartPage};
use crate::public::rules_page::RulesPage;
use crate::public::sign_in_page::SignInPage;

/// The pages.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/rules") view=RulesPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
