//! Where in the ledger a reader stands: conditions and page. It goes with them through an approval.

use std::str::FromStr;

use domain::accrual::Settlement;
use domain::calendar::Month;
use domain::ledger::EntryState;
use domain::rule::Rule;
use service::ledger::EntryFilter;

use crate::components::next_page::AFTER;
use crate::paths;

pub(super) const STATE: &str = "state";
pub(super) const RULE: &str = "rule";
pub(super) const PARTNER: &str = "partner";
pub(super) const SETTLEMENT: &str = "settlement";
pub(in crate::staff) const CLOSED: &str = "closed";
pub(super) const FROM: &str = "from";
pub(super) const TO: &str = "to";

/// A place in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LedgerPlace {
    pub(super) state: Option<EntryState>,
    pub(super) rule: Option<Rule>,
    pub(super) partner: String,
    pub(super) settlement: Option<Settlement>,
    pub(super) closed: Option<Month>,
    pub(super) from: Option<Month>,
    pub(super) to: Option<Month>,
    /// The number that the page continues behind; none at the beginning.
    pub(super) after: Option<i64>,
}

impl LedgerPlace {
    /// From the address of a page.
    pub(super) fn read() -> Self {
        Self::of_query(&crate::context::page_state().path)
    }

    /// From an address, or its query alone. What can't be read is no condition.
    pub(super) fn of_query(address: &str) -> Self {
        fn read<T: FromStr>(text: Option<String>) -> Option<T> {
            text?.parse().ok()
        }
        let query = address.split_once('?').map_or(address, |(_, query)| query);
        let value = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        Self {
            state: read(value(STATE)),
            rule: read(value(RULE)),
            partner: value(PARTNER).unwrap_or_default(),
            settlement: read(value(SETTLEMENT)),
            closed: read(value(CLOSED)),
            from: read(value(FROM)),
            to: read(value(TO)),
            after: read(value(AFTER)),
        }
    }

    /// Which entries it shows.
    pub(super) fn filter(&self) -> EntryFilter {
        EntryFilter {
            partner_id: None,
            state: self.state,
            rule: self.rule,
            settlement: self.settlement,
            from: self.from,
            to: self.to,
            closed_month: self.closed,
            partner: (!self.partner.trim().is_empty()).then(|| self.partner.trim().to_owned()),
        }
    }

    /// The same conditions, from the beginning of the list.
    pub(super) fn beginning(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// A page of the ledger at this place.
    pub(super) fn address(&self, page: &str) -> String {
        let month = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
        let after = self.after.map(|number| number.to_string()).unwrap_or_default();
        paths::with_query(
            page,
            &[
                (STATE, self.state.map_or("", EntryState::as_str)),
                (RULE, self.rule.map_or("", Rule::id)),
                (PARTNER, self.partner.trim()),
                (SETTLEMENT, self.settlement.map_or("", Settlement::as_str)),
                (CLOSED, &month(self.closed)),
                (FROM, &month(self.from)),
                (TO, &month(self.to)),
                (AFTER, &after),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_address() {
        let place = LedgerPlace {
            state: Some(EntryState::Accrued),
            rule: Some(Rule::Rebate3),
            partner: "ООО «Север» & Ко".to_owned(),
            settlement: Some(Settlement::Bank),
            closed: "2026-09".parse().ok(),
            from: "2026-07".parse().ok(),
            to: "2026-09".parse().ok(),
            after: Some(120),
        };
        assert_eq!(LedgerPlace::of_query(&place.address("/staff/ledger")), place);
        assert_eq!(place.beginning().address("/staff/ledger").matches("after").count(), 0);
        assert_eq!(LedgerPlace::of_query("/staff/ledger?state=lost&from=yesterday&after=x"), LedgerPlace::default());
    }
}
