//! Case studies (`CASE-1`): the partner's list and form, and what the kind knows of its fields. Its life is that of every request:
//! [`request_drafts`](crate::request_drafts), [`request_life`](crate::request_life), [`editorial`](crate::editorial).

use std::collections::BTreeMap;

use domain::case_study::{Brief, Details, Figure, Quote, Section, bonus, check, service_field};
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::request::{Entries, Problems, RequestKind, Stage};
use domain::service::ServiceCode;
use domain::verdict::Verdict;
use store::Connection;
pub use store::clients::Service;
use store::requests::RequestFilter;
use uuid::Uuid;

use crate::requests::{Page, RequestLine, into_page, place};
use crate::{Result, Services, Standing, Viewer, secrets};

/// The partner's cases.
#[derive(Clone, Debug)]
pub struct CasesPage {
    /// The model in force.
    pub model: Model,
    /// Whether a case may be submitted now (`PRIV-1`), and why not.
    pub privilege: Verdict,
    /// What a published case brings, RUB.
    pub bonus: Money,
    /// The cases, newest first.
    pub page: Page<RequestLine>,
}

/// A form for a new case.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// The model in force.
    pub model: Model,
    /// Whether a case may be submitted now (`PRIV-1`), and why not.
    pub privilege: Verdict,
    /// What a published case brings, RUB.
    pub bonus: Money,
    /// The services to choose from.
    pub services: Vec<Service>,
    /// The key that lives with the draft.
    pub key: Uuid,
}

impl Services {
    /// A page of the partner's cases.
    pub async fn cases_page(&self, viewer: &Viewer, after: Option<&str>) -> Result<CasesPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let filter = RequestFilter {
            partner_id: Some(partner_id),
            kind: Some(RequestKind::CaseStudy.as_str().to_owned()),
            after: place(after),
            ..RequestFilter::default()
        };
        let page = into_page(store::requests::newest(&mut transaction, &filter, crate::requests::PAGE + 1).await?)?;
        let (model, terms) = (standing.model_on(today), standing.terms.on(today));
        Ok(CasesPage { model, privilege: check(model, terms), bonus: bonus(terms), page })
    }

    /// The form for a new case.
    pub async fn new_case_page(&self, viewer: &Viewer) -> Result<NewCase> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let services = store::clients::services(&mut transaction).await?;
        let (model, terms) = (standing.model_on(today), standing.terms.on(today));
        Ok(NewCase { model, privilege: check(model, terms), bonus: bonus(terms), services, key: secrets::id() })
    }
}

async fn service_codes(connection: &mut Connection) -> Result<Vec<ServiceCode>> {
    let services = store::clients::services(connection).await?;
    Ok(services.into_iter().filter_map(|service| service.code.parse().ok()).collect())
}

/// The fields of a case that a form of the stage may send, each with whether it is a box; of no stage with a form, none.
pub(crate) async fn known_fields(connection: &mut Connection, stage: Option<Stage>) -> Result<BTreeMap<String, bool>> {
    let mut fields = BTreeMap::new();
    match stage {
        Some(Stage::Brief) => {
            for field in [Brief::TITLE, Brief::CLIENT, Brief::INDUSTRY, Brief::DONE, Brief::RESULT] {
                fields.insert(field.to_owned(), false);
            }
            fields.insert(Brief::ANONYMOUS.to_owned(), true);
            fields.extend(service_codes(connection).await?.iter().map(|service| (service_field(service), true)));
        }
        Some(Stage::Details) => {
            fields.extend(Section::ALL.map(|section| (section.field(), false)));
            fields.extend((1..=Figure::MOST).flat_map(Figure::fields).map(|field| (field, false)));
            fields.extend([Quote::TEXT, Quote::AUTHOR, Quote::POSITION].map(|field| (field.to_owned(), false)));
            fields.insert(Quote::CONSENT.to_owned(), true);
        }
        _ => {}
    }
    Ok(fields)
}

/// What is wrong with what was entered at a stage, by field.
pub(crate) async fn problems(connection: &mut Connection, stage: Option<Stage>, entries: &Entries) -> Result<Problems> {
    Ok(match stage {
        Some(Stage::Brief) => Brief::read(entries, &service_codes(connection).await?).err().unwrap_or_default(),
        Some(Stage::Details) => Details::read(entries).err().unwrap_or_default(),
        _ => Problems::new(),
    })
}

/// The fields that a reviewer may ask about, with what stands in them: of the brief before the approval, of the long form after it.
pub(crate) fn fields_to_ask_about(stage: Option<Stage>, entries: &Entries) -> Vec<(String, String)> {
    let text = |field: &str| entries.get(field).cloned().unwrap_or_default();
    if stage == Some(Stage::Brief) {
        let value = |field: &str| match field {
            Brief::SERVICES => {
                let prefix = format!("{}.", Brief::SERVICES);
                let ticked =
                    entries.iter().filter(|(_, value)| *value == "true").filter_map(|(field, _)| field.as_str().strip_prefix(&prefix));
                ticked.collect::<Vec<_>>().join(", ")
            }
            field => text(field),
        };
        return Brief::FIELDS.iter().map(|field| ((*field).to_owned(), value(field))).collect();
    }
    let sections = Section::ALL.map(|section| (section.field(), text(&section.field())));
    let figures = (1..=Figure::MOST).map(|number| Figure::fields(number).map(|field| text(&field)));
    let figures: Vec<String> = figures
        .filter(|row| row.iter().any(|cell| !cell.is_empty()))
        .map(|[what, before, after]| format!("{what}: {before} → {after}"))
        .collect();
    let parts = [("details.figures".to_owned(), figures.join("\n")), ("details.quote".to_owned(), text(Quote::TEXT))];
    sections.into_iter().chain(parts).collect()
}
