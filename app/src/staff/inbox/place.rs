//! Where in the inbox a reader stands: conditions and page. It goes with them from request to request and through a decision.

use std::collections::HashMap;

use domain::request::RequestKind;
use leptos::prelude::*;
use service::requests::{InboxFilter, InboxOwner, InboxQueue};

use crate::components::next_page::AFTER;
use crate::context::query;
use crate::form::HiddenField;
use crate::paths;

/// The kind of request in an address.
pub(crate) const KIND: &str = "kind";
/// The words looked for in an address.
pub(crate) const TEXT: &str = "q";

/// Where the requests stand, in an address.
pub(crate) const QUEUE: &str = "queue";
/// Whose they are, in an address.
pub(crate) const OWNER: &str = "owner";
/// Whether only late ones are shown, in an address.
pub(crate) const OVERDUE: &str = "overdue";

/// A place in the inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InboxPlace {
    /// Only this kind.
    pub(crate) kind: Option<RequestKind>,
    /// Only what holds these words.
    pub(crate) text: String,
    /// Where they stand.
    pub(crate) queue: InboxQueue,
    /// Whose.
    pub(crate) owner: InboxOwner,
    /// Only late ones.
    pub(crate) overdue: bool,
    /// Where the page of the list begins; none at its beginning.
    pub(crate) after: Option<String>,
}

impl InboxPlace {
    /// From the address of a page.
    pub(crate) fn read() -> Self {
        let fields = [KIND, TEXT, QUEUE, OWNER, OVERDUE, AFTER].into_iter().filter_map(|name| Some((name.to_owned(), query(name)?)));
        Self::of_fields(&fields.collect())
    }

    /// From a form with [`Self::hidden_fields`].
    pub(crate) fn of_fields(fields: &HashMap<String, String>) -> Self {
        let text = |name: &str| fields.get(name).map_or("", String::as_str);
        let after = text(AFTER);
        Self {
            kind: text(KIND).parse().ok(),
            text: text(TEXT).to_owned(),
            queue: InboxQueue::of_name(text(QUEUE)).unwrap_or_default(),
            owner: InboxOwner::of_name(text(OWNER)).unwrap_or_default(),
            overdue: text(OVERDUE) == "true",
            after: (!after.is_empty()).then(|| after.to_owned()),
        }
    }

    /// Which requests it shows.
    pub(crate) fn filter(&self) -> InboxFilter {
        let text = self.text.trim();
        InboxFilter {
            kind: self.kind,
            text: (!text.is_empty()).then(|| text.to_owned()),
            partner_id: None,
            queue: self.queue,
            owner: self.owner,
            overdue: self.overdue,
        }
    }

    /// Whether it shows all requests.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.beginning() == Self::default()
    }

    /// The same conditions, from the beginning of the list.
    pub(crate) fn beginning(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// A page of the inbox at this place.
    pub(crate) fn address(&self, page: &str) -> String {
        paths::with_query(page, &self.fields())
    }

    /// Its parts by the names that addresses and forms have for them; empty where nothing is said.
    fn fields(&self) -> [(&'static str, &str); 6] {
        [
            (KIND, self.kind.map_or("", RequestKind::as_str)),
            (TEXT, self.text.trim()),
            (QUEUE, if self.queue == InboxQueue::default() { "" } else { self.queue.as_str() }),
            (OWNER, if self.owner == InboxOwner::default() { "" } else { self.owner.as_str() }),
            (OVERDUE, if self.overdue { "true" } else { "" }),
            (AFTER, self.after.as_deref().unwrap_or_default()),
        ]
    }

    /// What it is made of, by name, without what is not said.
    pub(crate) fn named_fields(&self) -> Vec<(&'static str, String)> {
        self.fields().into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
    }

    /// What a form carries to lead back here.
    pub(crate) fn hidden_fields(&self) -> impl IntoView + use<> {
        self.named_fields().into_iter().map(|(name, value)| view! { <HiddenField name value/> }).collect::<Vec<_>>()
    }
}
