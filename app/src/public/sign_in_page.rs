//! Sign-in by e-mail and password.

use leptos::prelude::*;

use crate::context::{form_state, optional_viewer, query};
use crate::form::{Control, ErrorSummary, Field, HiddenField, SubmitButton};
use crate::i18n::td_string;
use crate::page::{Page, public_page, start_path};
use crate::{form, paths};

/// The form of sign-in; who is signed in already is led on.
#[component]
pub fn SignInPage() -> impl IntoView {
    public_page(async |state| {
        if let Some(viewer) = optional_viewer() {
            form::redirect(start_path(&viewer));
        }
        let form = form_state().await?;
        let locale = state.locale;
        let email = td_string!(locale, public.sign_in.email);
        let password = td_string!(locale, public.sign_in.password);
        let labels = vec![("email", email.to_owned()), ("password", password.to_owned())];
        // Only a page of this portal is a place to go on to.
        let next = query("next").and_then(|next| paths::local(&next).map(str::to_owned)).unwrap_or_default();
        let title = td_string!(locale, public.sign_in.title);
        Ok(Page::new(
            title,
            view! {
                <section class="card stack">
                    <h1>{title}</h1>
                    <p>{td_string!(locale, public.sign_in.lead)}</p>
                    <form class="form" method="post" action=paths::API_SIGN_IN>
                        <ErrorSummary locale form=form.clone() labels/>
                        <Field locale field=form.field("email") label=email control=Control::Email autocomplete="username" maximum_length=254/>
                        <Field locale field=form.field("password") label=password control=Control::Password autocomplete="current-password" maximum_length=128/>
                        <HiddenField name="next" value=next/>
                        <SubmitButton label=td_string!(locale, public.sign_in.submit)/>
                    </form>
                </section>
            },
        )
        .narrow())
    })
}
