//! The form for a new client.

use leptos::prelude::*;
use service::clients::LONGEST_NAME;

use crate::context::form_state;
use crate::form::{Control, ErrorSummary, Field, SubmitButton};
use crate::i18n::td_string;
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// Digits of the longest INN, and room for spaces between them.
const LONGEST_INN: u32 = 20;

/// The form for a new client.
#[component]
pub fn NewClientPage() -> impl IntoView {
    partner_page(PartnerSection::Clients, async |_, state| {
        let form = form_state().await?;
        let locale = state.locale;
        let title = td_string!(locale, clients.new.title);
        let inn = td_string!(locale, clients.new.inn);
        let name = td_string!(locale, clients.new.name);
        let start_date = td_string!(locale, clients.new.start_date);
        let labels = vec![("inn", inn.to_owned()), ("name", name.to_owned()), ("start_date", start_date.to_owned())];
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, clients.crumbs)>
                    <a href=paths::PARTNER_CLIENTS>{td_string!(locale, clients.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, clients.new.lead)}</p>
                    </div>
                </div>
                <form class="form" method="post" action=paths::API_CLIENT_ADD>
                    <ErrorSummary locale form=form.clone() labels/>
                    <Field
                        locale
                        field=form.field("inn")
                        label=inn
                        hint=td_string!(locale, clients.new.inn_hint)
                        control=Control::Text
                        autocomplete="off"
                        maximum_length=LONGEST_INN
                    />
                    <Field
                        locale
                        field=form.field("name")
                        label=name
                        hint=td_string!(locale, clients.new.name_hint)
                        control=Control::Text
                        autocomplete="off"
                        maximum_length=LONGEST_NAME
                    />
                    <Field
                        locale
                        field=form.field("start_date")
                        label=start_date
                        hint=td_string!(locale, clients.new.start_date_hint)
                        control=Control::Date
                        optional=true
                    />
                    <div class="actions">
                        <SubmitButton label=td_string!(locale, clients.new.submit)/>
                        <a class="btn btn-ghost" href=paths::PARTNER_CLIENTS>{td_string!(locale, clients.new.cancel)}</a>
                    </div>
                </form>
            },
        ))
    })
}
