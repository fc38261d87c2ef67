//! What islands that save a form while it is written have in common: waiting until nobody types, one request at a time, a line that says
//! how far it is. Without scripting the form has its button for that.
//!
//! It takes plain functions and holds no signals: the module is loaded by every page that has an island, and what is generic or
//! captured weighs.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, SubmitEvent, XmlHttpRequest};

use crate::i18n::{Locale, td_string};

/// How a form is saved.
#[derive(Clone, Copy)]
pub struct Autosave {
    /// The language.
    pub locale: Locale,
    /// Where the form is posted.
    pub address: &'static str,
    /// How long nobody typed before that.
    pub quiet: Duration,
    /// Whether the answer is the page that follows, read as a document; a short text otherwise.
    pub reads_page: bool,
    /// Whatever else is done when something in the form changes.
    pub typed: fn(Locale, &Event),
    /// What the answer means for the page, and what the line says of it; none where nothing was saved.
    pub answered: fn(Locale, &HtmlFormElement, &XmlHttpRequest) -> Option<String>,
}

/// What a form is saved with, from its island on to the last answer.
#[derive(Clone, Copy)]
struct Saving {
    autosave: Autosave,
    timer: StoredValue<Option<TimeoutHandle>>,
    running: StoredValue<bool>,
    /// A press that waits for the answer.
    pressed: StoredValue<Option<SubmitEvent>, LocalStorage>,
    /// The line and the form.
    parts: StoredValue<(HtmlElement, HtmlFormElement), LocalStorage>,
}

impl Autosave {
    /// Saves the form around a line from now on, until the island goes.
    pub fn begin(self, line: HtmlElement) {
        let form = line.closest("form").ok().flatten().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let own: Element = form.clone().into();
        let saving = Saving {
            autosave: self,
            timer: StoredValue::new(None),
            running: StoredValue::new(false),
            pressed: StoredValue::new_local(None),
            parts: StoredValue::new_local((line, form)),
        };
        let listener = move |event: Event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if target.and_then(|target| target.closest("form").ok().flatten()).as_ref() == Some(&own) {
                saving.hear(event);
            }
        };
        let listeners = ["input", "change", "submit"].map(|kind| window_event_listener_untyped(kind, listener.clone()));
        on_cleanup(move || {
            for listener in listeners {
                listener.remove();
            }
            saving.stop();
        });
    }
}

impl Saving {
    fn hear(self, event: Event) {
        self.stop();
        if event.type_() != "submit" {
            (self.autosave.typed)(self.autosave.locale, &event);
            self.wait();
        } else if self.running.get_value() {
            // The form learns the version by the answer, and is sent then.
            event.prevent_default();
            self.pressed.set_value(event.dyn_into().ok());
        }
    }

    fn stop(self) {
        if let Some(handle) = self.timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    }

    fn wait(self) {
        let save = move || {
            // One at a time: the answer to the first says which version the second has seen.
            if self.running.get_value() { self.wait() } else { self.save() }
        };
        self.timer.set_value(set_timeout_with_handle(save, self.autosave.quiet).ok());
    }

    fn save(self) {
        let Some((line, form)) = self.parts.try_get_value() else { return };
        self.running.set_value(true);
        line.set_text_content(Some(td_string!(self.autosave.locale, asking.draft.saving)));
        if self.send(&form).is_none() {
            self.end(None);
        }
    }

    fn end(self, words: Option<String>) {
        let Some((line, form)) = self.parts.try_get_value() else { return };
        let words = words.unwrap_or_else(|| td_string!(self.autosave.locale, asking.draft.not_saved).to_owned());
        line.set_text_content(Some(&words));
        self.running.set_value(false);
        if let Some(press) = self.pressed.try_update_value(Option::take).flatten() {
            let _ = form.request_submit_with_submitter(press.submitter().as_ref());
        }
    }

    /// (The older of the browser's two ways to ask, for it brings less code with it.)
    fn send(self, form: &HtmlFormElement) -> Option<()> {
        let data = web_sys::FormData::new_with_form(form).ok()?;
        let body = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
        let request = XmlHttpRequest::new().ok()?;
        request.open("POST", self.autosave.address).ok()?;
        if self.autosave.reads_page {
            // With this the answer is the page that follows: the browser goes there itself.
            request.set_request_header("Accept", "text/html").ok()?;
            request.set_response_type(web_sys::XmlHttpRequestResponseType::Document);
        }
        let asked = request.clone();
        let ended = Closure::once_into_js(move || {
            let Some((_, form)) = self.parts.try_get_value() else { return };
            let answered = self.autosave.answered;
            self.end(if asked.status() == Ok(200) { answered(self.autosave.locale, &form, &asked) } else { None });
        });
        request.set_onloadend(Some(ended.unchecked_ref()));
        request.send_with_opt_url_search_params(Some(&body)).ok()
    }
}
