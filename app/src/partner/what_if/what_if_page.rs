//! `/partner/what-if`.

use leptos::prelude::*;

use crate::components::date::DataAsOf;
use crate::context::{query_fields, services};
use crate::i18n::td_string;
use crate::layouts::partner::PartnerSection;
use crate::packed::Packed;
use crate::page::{Page, partner_page};
use crate::partner::what_if::what_if_island::{WhatIf, WhatIfFacts};

/// A form of suppositions, and what the rules make of them. The address holds the plan, so that it can be shared.
#[component]
pub fn WhatIfPage() -> impl IntoView {
    partner_page(PartnerSection::WhatIf, async |partner, state| {
        let facts = services()?.what_if_page(&partner.viewer).await?;
        let locale = state.locale;
        let title = td_string!(locale, layout.partner_section.what_if);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, what_if.lead)}</p>
                    </div>
                    <DataAsOf locale at=facts.data_as_of/>
                </div>
                <WhatIf locale facts=Packed(WhatIfFacts { snapshot: facts.snapshot, given: query_fields() })/>
            },
        ))
    })
}
