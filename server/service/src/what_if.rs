//! What if (`WHY-2`): a partner's facts as the hypothetical months ahead begin with them. The page and the browser run the rules.

use chrono::{DateTime, Utc};
use domain::permission::Action;
use domain::what_if::Snapshot;

use crate::{Result, Services, Standing, Viewer};

/// What the page of what-ifs needs.
#[derive(Clone, Debug)]
pub struct WhatIfPage {
    /// The partner's facts.
    pub snapshot: Snapshot,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

impl Services {
    /// The page of what-ifs. Sums of closed months are taken of usage by month and service: a forecast, to the kopeck only where the ledger is.
    pub async fn what_if_page(&self, viewer: &Viewer) -> Result<WhatIfPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let Standing { facts, terms } = Standing::load(&mut transaction, partner_id).await?;
        let from = Snapshot::first_of_interest(&facts.level);
        let usage = store::usage_rows::by_month_and_service(&mut transaction, partner_id, from).await?;
        drop(transaction);
        Ok(WhatIfPage { snapshot: Snapshot::new(self.today(), facts.level, terms, usage.groups), data_as_of: usage.data_as_of })
    }
}
