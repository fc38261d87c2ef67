//! The names of a partner's portal on the page of its brand: what to write into DNS, and what came of it.

use domain::custom_host::{GRACE, HostStatus, proof_record, proof_value};
use leptos::prelude::*;
use service::brands::BrandPage as Loaded;
use service::custom_hosts::{CustomHost, MOST_HOSTS};

use crate::components::copy_button::CopyButton;
use crate::components::date::InstantText;
use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::form::{Control, Field, FormState, HiddenField, error_summary};
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The names, and the form for another one.
pub(super) fn hosts_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    let portal_host = loaded.portal_host.as_ref().map(ToString::to_string);
    let hosts: Vec<_> = loaded.hosts.iter().map(|host| host_view(locale, host, portal_host.clone())).collect();
    let counted = loaded.hosts.iter().filter(|host| host.status != HostStatus::Revoked).count();
    let full = counted >= usize::try_from(MOST_HOSTS).unwrap_or(usize::MAX);
    // What a form of this section brought back is told here and not above the other forms.
    let own = form.values.contains_key("host") || form.values.contains_key("host_id");
    let form = if own { form.clone() } else { FormState::default() };
    let summary = own.then(|| error_summary(locale, &form, vec![("host".to_owned(), td_string!(locale, brand.host.field).to_owned())]));
    let another = if loaded.missing.is_some() {
        ().into_any()
    } else if full {
        view! { <p class="muted">{td_string!(locale, brand.host.full, count = MOST_HOSTS)}</p> }.into_any()
    } else {
        view! {
            <form class="form" method="post" action=paths::API_HOST_ADD>
                <Field locale field=form.field("host") label=td_string!(locale, brand.host.field) hint=td_string!(locale, brand.host.hint).to_owned() control=Control::Text autocomplete="off"/>
                <div class="actions"><button class="btn" type="submit">{td_string!(locale, brand.host.add)}</button></div>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="card stack" id="hosts" aria-labelledby="hosts-title">
            <h2 class="card-title" id="hosts-title">{td_string!(locale, brand.host.title)}</h2>
            <p class="muted">{td_string!(locale, brand.host.lead)}</p>
            {summary}
            {hosts}
            {another}
        </section>
    }
    .into_any()
}

/// Where a name stands, as icon and word.
pub fn status_view(locale: Locale, status: HostStatus) -> impl IntoView {
    let (tone, icon, label) = match status {
        HostStatus::Waiting => (Tone::Waiting, lucide::LuClock, td_string!(locale, brand.host.status.waiting)),
        HostStatus::Proven => (Tone::Good, lucide::LuCheck, td_string!(locale, brand.host.status.proven)),
        HostStatus::Revoked => (Tone::Bad, lucide::LuX, td_string!(locale, brand.host.status.revoked)),
    };
    view! { <Status tone icon label/> }
}

fn host_view(locale: Locale, host: &CustomHost, portal_host: Option<String>) -> impl IntoView + use<> {
    let name = host.host.to_string();
    let (record, value) = (proof_record(&host.host), proof_value(&host.token));
    // Who owns the name may let it lead here before or after the proof.
    let leads = portal_host.filter(|_| host.status != HostStatus::Revoked).map(|portal_host| {
        view! {
            <p>{td_string!(locale, brand.host.leads)}</p>
            <dl class="dl">
                <div><dt>{td_string!(locale, brand.host.record_type)}</dt><dd>"CNAME"</dd></div>
                <div><dt>{td_string!(locale, brand.host.record_name)}</dt><dd><CopyButton locale text=host.host.to_string()/></dd></div>
                <div><dt>{td_string!(locale, brand.host.record_value)}</dt><dd><CopyButton locale text=portal_host/></dd></div>
            </dl>
        }
    });
    let instructions = (host.status == HostStatus::Waiting).then(|| {
        view! {
            <p>{td_string!(locale, brand.host.instructions)}</p>
            <dl class="dl">
                <div><dt>{td_string!(locale, brand.host.record_type)}</dt><dd>"TXT"</dd></div>
                <div><dt>{td_string!(locale, brand.host.record_name)}</dt><dd><CopyButton locale text=record/></dd></div>
                <div><dt>{td_string!(locale, brand.host.record_value)}</dt><dd><CopyButton locale text=value/></dd></div>
            </dl>
        }
    });
    let missing = host.missing_since.filter(|_| host.status == HostStatus::Proven).map(|since| {
        view! { <p class="muted">{td_string!(locale, brand.host.missing)} " " <InstantText locale at={since + GRACE}/></p> }
    });
    let checked = host
        .checked_at
        .map(|at| view! { <p class="muted small">{td_string!(locale, brand.host.checked)} " " <InstantText locale at=at/></p> });
    let why = host.revoked_because.clone().map(|words| view! { <p>{td_string!(locale, brand.host.revoked_because, words = words)}</p> });
    let id = host.id.to_string();
    let acts = (host.status != HostStatus::Revoked).then(|| {
        view! {
            <form class="actions" method="post" action=paths::API_HOST_CHECK>
                <HiddenField name="id" value=id/>
                <button class="btn btn-sm" type="submit" name="gesture" value="check">{td_string!(locale, brand.host.check, host = name.clone())}</button>
                <button class="btn btn-sm btn-ghost" type="submit" name="gesture" value="remove">{td_string!(locale, brand.host.remove, host = name.clone())}</button>
            </form>
        }
    });
    view! {
        <div class="stack">
            <h3>{host.host.to_string()}</h3>
            <p>{status_view(locale, host.status)}</p>
            {instructions}
            {leads}
            {missing}
            {why}
            {checked}
            {acts}
        </div>
    }
}
