//! The brief of a case: what staff accept or decline.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::form::{self, FieldProblem};
use crate::model::stable_text;
use crate::request::{Entries, Problems, Reader};
use crate::service::ServiceCode;

/// What the client of a case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Industry {
    /// Software and services around it.
    InformationTechnology,
    /// Shops, on the net and off it.
    Retail,
    /// Banks and insurance.
    Finance,
    /// Plants.
    Manufacturing,
    /// Transport and storage.
    Logistics,
    /// Building and real estate.
    Construction,
    /// Medicine.
    Healthcare,
    /// Schools and universities.
    Education,
    /// Press, advertising, games.
    Media,
    /// The state and what belongs to it.
    Government,
    /// Something else.
    Other,
}

stable_text!(Industry {
    InformationTechnology => "information_technology",
    Retail => "retail",
    Finance => "finance",
    Manufacturing => "manufacturing",
    Logistics => "logistics",
    Construction => "construction",
    Healthcare => "healthcare",
    Education => "education",
    Media => "media",
    Government => "government",
    Other => "other",
});

impl Industry {
    /// Every industry, in the order of the form.
    pub const ALL: [Self; 11] = [
        Self::InformationTechnology,
        Self::Retail,
        Self::Finance,
        Self::Manufacturing,
        Self::Logistics,
        Self::Construction,
        Self::Healthcare,
        Self::Education,
        Self::Media,
        Self::Government,
        Self::Other,
    ];
}

/// The client of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "client", rename_all = "snake_case")]
pub enum CaseClient {
    /// It may be named.
    Named {
        /// Its name.
        name: String,
    },
    /// It wants not to be named.
    Anonymous,
}

/// A brief as it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// What the case is called.
    pub title: String,
    /// For whom it was done.
    pub client: CaseClient,
    /// What that client does.
    pub industry: Industry,
    /// The services used; at least one.
    pub services: BTreeSet<ServiceCode>,
    /// What was done, Markdown.
    pub done: String,
    /// What came of it, Markdown.
    pub result: String,
}

/// The box of a service.
pub fn service_field(service: &ServiceCode) -> String {
    format!("brief.services.{service}")
}

impl Brief {
    /// The field of the title.
    pub const TITLE: &'static str = "brief.title";
    /// The field of the client's name.
    pub const CLIENT: &'static str = "brief.client";
    /// The box of a client that wants not to be named.
    pub const ANONYMOUS: &'static str = "brief.client.anonymous";
    /// The field of the industry.
    pub const INDUSTRY: &'static str = "brief.industry";
    /// The field of the services as a whole, for its problem; each service has a box of its own, [`service_field`].
    pub const SERVICES: &'static str = "brief.services";
    /// The field of what was done.
    pub const DONE: &'static str = "brief.done";
    /// The field of what came of it.
    pub const RESULT: &'static str = "brief.result";
    /// The fields that a reviewer can ask about, in the order of the form.
    pub const FIELDS: [&'static str; 6] = [Self::TITLE, Self::CLIENT, Self::INDUSTRY, Self::SERVICES, Self::DONE, Self::RESULT];

    /// The least and the largest number of characters of the title.
    pub const TITLE_LENGTH: (u32, u32) = (10, 120);
    /// The same of the client's name.
    pub const CLIENT_LENGTH: (u32, u32) = (2, 200);
    /// The same of what was done.
    pub const DONE_LENGTH: (u32, u32) = (100, 3_000);
    /// The same of what came of it.
    pub const RESULT_LENGTH: (u32, u32) = (50, 2_000);

    /// Reads what was entered, with the services on offer; every problem at once, by its field.
    pub fn read(entries: &Entries, services: &[ServiceCode]) -> Result<Self, Problems> {
        let mut reader = Reader::new(entries);
        let title = reader.read(Self::TITLE, within(Self::TITLE_LENGTH));
        let client = if reader.is_ticked(Self::ANONYMOUS) {
            // What was typed into the name before stays with the draft and is not published.
            Some(CaseClient::Anonymous)
        } else {
            reader.read(Self::CLIENT, within(Self::CLIENT_LENGTH)).map(|name| CaseClient::Named { name })
        };
        let industry = reader.read(Self::INDUSTRY, form::choice::<Industry>);
        let used: BTreeSet<ServiceCode> = services.iter().filter(|service| reader.is_ticked(&service_field(service))).cloned().collect();
        if used.is_empty() {
            reader.problem(Self::SERVICES, FieldProblem::Required);
        }
        let done = reader.read(Self::DONE, within(Self::DONE_LENGTH));
        let result = reader.read(Self::RESULT, within(Self::RESULT_LENGTH));
        let brief = title.zip(client).zip(industry).zip(done).zip(result);
        let brief =
            brief.map(|((((title, client), industry), done), result)| Self { title, client, industry, services: used, done, result });
        reader.finish(brief)
    }
}

/// A reader of texts of so many characters.
pub(super) fn within((minimum, maximum): (u32, u32)) -> impl Fn(&str) -> Result<String, FieldProblem> {
    move |text| form::text(text, minimum, maximum)
}
