//! Where in the inbox a reader stands: conditions and page. It goes with them from request to request and through a decision.

use domain::request::RequestKind;
use leptos::prelude::*;
use service::requests::InboxFilter;

use crate::components::next_page::AFTER;
use crate::context::{query, query_value};
use crate::form::HiddenField;
use crate::paths;

/// The kind of request in an address.
pub(super) const KIND: &str = "kind";
/// The words looked for in an address.
pub(super) const TEXT: &str = "q";

/// A place in the inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InboxPlace {
    /// Only this kind.
    pub(super) kind: Option<RequestKind>,
    /// Only what holds these words.
    pub(super) text: String,
    /// Where the page of the list begins; none at its beginning.
    pub(super) after: Option<String>,
}

impl InboxPlace {
    /// From the address of a page.
    pub(super) fn read() -> Self {
        Self { kind: query_value(KIND), text: query(TEXT).unwrap_or_default(), after: query(AFTER) }
    }

    /// From a form with [`Self::hidden_fields`].
    pub(super) fn of_form(kind: &str, text: String, after: String) -> Self {
        Self { kind: kind.parse().ok(), text, after: (!after.is_empty()).then_some(after) }
    }

    /// Which requests it shows.
    pub(super) fn filter(&self) -> InboxFilter {
        let text = self.text.trim();
        InboxFilter { kind: self.kind, text: (!text.is_empty()).then(|| text.to_owned()), partner_id: None }
    }

    /// Whether it shows all requests.
    pub(super) fn is_unconditional(&self) -> bool {
        self.kind.is_none() && self.text.trim().is_empty()
    }

    /// The same conditions, from the beginning of the list.
    pub(super) fn beginning(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// A page of the inbox at this place.
    pub(super) fn address(&self, page: &str) -> String {
        let kind = self.kind.map_or("", RequestKind::as_str);
        paths::with_query(page, &[(KIND, kind), (TEXT, self.text.trim()), (AFTER, self.after.as_deref().unwrap_or_default())])
    }

    /// What a form carries to lead back here.
    pub(super) fn hidden_fields(&self) -> impl IntoView + use<> {
        view! {
            <HiddenField name=KIND value=self.kind.map_or("", RequestKind::as_str).to_owned()/>
            <HiddenField name=TEXT value=self.text.clone()/>
            <HiddenField name=AFTER value=self.after.clone().unwrap_or_default()/>
        }
    }
}
