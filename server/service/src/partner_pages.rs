//! The pages on which a partner sees where it stands: home, level, privileges.

use chrono::{DateTime, Utc};
use domain::bonus_code::{QuarterMeters, meter};
use domain::brand;
use domain::calendar::{BusinessDate, Quarter};
use domain::ids::PartnerId;
use domain::level::{LevelChange, Outlook, outlook};
use domain::model::Model;
use domain::next_step::{NextStep, next_step};
use domain::permission::Action;
use domain::privilege::{Privilege, has};
use domain::terms::Terms;
use store::partner_notices::NoticeFilter;
use store::partners::Partner;
use store::requests::RequestFilter;

use crate::notices::Notice;
use crate::requests::RequestLine;
use crate::{Result, Services, Standing, Viewer};

/// Notices on the home page.
const NOTICES: i64 = 3;

/// The home page.
#[derive(Clone, Debug)]
pub struct HomePage {
    /// The partner.
    pub partner: Partner,
    /// Where it stands.
    pub outlook: Outlook,
    /// The quarter running.
    pub quarter: Quarter,
    /// Meters of the quarter's codes.
    pub meters: QuarterMeters,
    /// The one most useful next step.
    pub next_step: NextStep,
    /// The newest requests.
    pub requests: Vec<RequestLine>,
    /// Requests that wait for the provider.
    pub waiting: i64,
    /// Codes issued and not used yet.
    pub unused_codes: i64,
    /// Clients.
    pub clients: i64,
    /// The newest of what the portal told the partner.
    pub notices: Vec<Notice>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
    /// The day on which the brand that is shown now is switched off, as things stand; none where none is shown or nothing ends it.
    pub brand_ends_on: Option<BusinessDate>,
}

/// The level's page.
#[derive(Clone, Debug)]
pub struct LevelPage {
    /// The partner.
    pub partner: Partner,
    /// Where it stands, month by month.
    pub outlook: Outlook,
    /// Every change so far with its cause, the newest first.
    pub changes: Vec<LevelChange>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
    /// The day on which the brand that is shown now is switched off, as things stand; none where none is shown or nothing ends it.
    pub brand_ends_on: Option<BusinessDate>,
}

/// One row of the table of privileges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivilegeRow {
    /// The privilege.
    pub privilege: Privilege,
    /// Whether the model in force has it.
    pub has: bool,
    /// Whether it comes with the Professional level at the present billing side.
    pub unlocked_by_level: bool,
    /// Models that have it.
    pub models: Vec<Model>,
}

/// The page of privileges.
#[derive(Clone, Debug)]
pub struct PrivilegesPage {
    /// Where the partner stands.
    pub outlook: Outlook,
    /// The terms in force: amounts and limits.
    pub terms: Terms,
    /// Every privilege.
    pub rows: Vec<PrivilegeRow>,
}

impl Services {
    /// The home page.
    pub async fn home_page(&self, viewer: &Viewer) -> Result<HomePage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let quarter = today.quarter();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let figures = store::home::figures(&mut transaction, partner_id, quarter).await?;
        let newest = RequestFilter { partner_id: Some(partner_id), ..RequestFilter::default() };
        let requests = store::requests::newest(&mut transaction, &newest, 5).await?;
        let notices =
            store::partner_notices::newest(&mut transaction, partner_id, viewer.user_id, NoticeFilter::default(), NOTICES).await?;
        drop(transaction);
        let outlook = outlook(&standing.facts.level, &standing.terms, today);
        let meters = meter(&figures.quarter_use, standing.terms.on(today));
        Ok(HomePage {
            brand_ends_on: self.brand_ends_on(partner_id, &standing, &outlook).await,
            next_step: next_step(&outlook, &meters, u32::try_from(figures.clients).unwrap_or(u32::MAX)),
            partner: standing.facts.partner,
            outlook,
            quarter,
            meters,
            requests: requests.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
            waiting: figures.waiting,
            unused_codes: figures.unused_codes,
            clients: figures.clients,
            notices: notices.into_iter().map(Into::into).collect(),
            data_as_of: figures.data_as_of,
        })
    }

    /// The level's page.
    pub async fn level_page(&self, viewer: &Viewer) -> Result<LevelPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let figures = store::home::figures(&mut transaction, partner_id, today.quarter()).await?;
        drop(transaction);
        let mut changes = standing.timeline(today).changes;
        changes.reverse();
        let outlook = outlook(&standing.facts.level, &standing.terms, today);
        Ok(LevelPage {
            brand_ends_on: self.brand_ends_on(partner_id, &standing, &outlook).await,
            outlook,
            partner: standing.facts.partner,
            changes,
            data_as_of: figures.data_as_of,
        })
    }

    async fn brand_ends_on(&self, partner_id: PartnerId, standing: &Standing, outlook: &Outlook) -> Option<BusinessDate> {
        let shown = self.brands_in_force().await.of_partner(partner_id).is_some();
        brand::ends_on(&standing.terms, outlook).filter(|_| shown)
    }

    /// The page of privileges.
    pub async fn privileges_page(&self, viewer: &Viewer) -> Result<PrivilegesPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        drop(transaction);
        let outlook = outlook(&standing.facts.level, &standing.terms, today);
        let terms = standing.terms.on(today).clone();
        let risen = Model::new(domain::model::Level::Professional, outlook.model.billing());
        let rows = Privilege::ALL
            .into_iter()
            .map(|privilege| {
                let held = has(&terms, outlook.model, privilege);
                PrivilegeRow {
                    privilege,
                    has: held,
                    unlocked_by_level: !held && has(&terms, risen, privilege),
                    models: Model::ALL.into_iter().filter(|model| has(&terms, *model, privilege)).collect(),
                }
            })
            .collect();
        Ok(PrivilegesPage { outlook, terms, rows })
    }
}
