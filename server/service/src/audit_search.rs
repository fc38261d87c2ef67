//! The record of changes, searched by staff.

use domain::calendar::BusinessDate;
use domain::permission::Action;
use store::Scope;
use store::audit_records::AuditFilter;
pub use store::audit_records::AuditRecord;

use crate::paging::{cut_to_page, search_text};
use crate::requests::Page;
use crate::{Result, Services, Viewer};

/// Records on a page.
const PAGE: i64 = 50;

/// What to look for; an absent part matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditSearch {
    /// Part of the actor's name, the object or the partner's name.
    pub text: Option<String>,
    /// The action, such as `request.approve`.
    pub action: Option<String>,
    /// From this day on.
    pub from: Option<BusinessDate>,
    /// Through this day.
    pub through: Option<BusinessDate>,
}

/// Records of changes, newest first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The records.
    pub page: Page<AuditRecord>,
    /// Every action ever recorded, for the choice.
    pub actions: Vec<String>,
}

impl Services {
    /// Searches the record of changes. `before` continues behind a record.
    pub async fn audit_page(&self, viewer: &Viewer, search: &AuditSearch, before: Option<i64>) -> Result<AuditPage> {
        viewer.require(Action::SearchAudit)?;
        let filter = AuditFilter {
            text: search_text(search.text.as_deref()),
            action: search_text(search.action.as_deref()),
            before,
            from: search.from.map(BusinessDate::starts_at),
            to: search.through.map(|day| day.plus_days(1).starts_at()),
        };
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut lines = store::audit_records::search(&mut transaction, &filter, PAGE + 1).await?;
        let more = cut_to_page(&mut lines, PAGE);
        let next = lines.last().filter(|_| more).map(|last| last.id.to_string());
        let actions = store::audit_records::actions(&mut transaction).await?;
        Ok(AuditPage { page: Page { lines, next }, actions })
    }
}
