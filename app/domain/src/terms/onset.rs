//! From when on money feels new terms: a month has the rates of its first day (`RATE-3`), a rebate the share of the day on which it
//! accrues (`REB-4`), and so for a period that runs already.

use super::parameters::{is_of_a_month, rebate_name};
use crate::calendar::{BusinessDate, Month, Period};
use crate::rebate::RebateKind;

/// From when on money feels what changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Onset {
    /// The first month that has the new rates; none where no rate changed.
    pub month: Option<Month>,
    /// The names of the rates that changed, and of the rebates that a model has.
    pub rates: Vec<String>,
    /// The rebates whose share changed, each with the first period that has the new one, whole.
    pub rebates: Vec<(RebateKind, Period)>,
}

/// From when on money feels changed parameters, named as in [`parameters`](super::parameters), of terms that begin on a day.
pub fn onset<'a>(valid_from: BusinessDate, changed: impl Iterator<Item = &'a str> + Clone) -> Onset {
    let before = valid_from.previous().month();
    let rates: Vec<String> = changed.clone().filter(|name| is_of_a_month(name)).map(str::to_owned).collect();
    let rebates = RebateKind::ALL.into_iter().filter(|kind| changed.clone().any(|name| name == rebate_name(*kind)));
    Onset {
        // The month of the first day, unless that month began before it.
        month: (!rates.is_empty()).then_some(before.next()),
        rates,
        // It accrues on the first day behind the period, that is on the first day of the new terms or later.
        rebates: rebates.map(|kind| (kind, kind.period_of(before))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(valid_from: &str, names: &[&str]) -> Onset {
        onset(valid_from.parse().unwrap(), names.iter().copied())
    }

    #[test]
    fn a_month_has_the_rates_of_its_first_day_and_a_rebate_those_of_the_day_it_accrues() {
        let month = |text: &str| text.parse::<Month>().ok();
        assert_eq!(of("2026-10-01", &["rates.agent"]).month, month("2026-10"));
        assert_eq!(of("2026-10-02", &["rates.agent"]).month, month("2026-11"));
        assert_eq!(of("2026-10-31", &["service_rates.backup.agent"]).month, month("2026-11"));
        assert_eq!(of("2026-10-02", &["codes_per_quarter"]), Onset::default());
        // On 1 July the first half accrues: by the new share, although all of it lies before.
        let first =
            |day| of(day, &["rebate_kvm", "rebate_growth"]).rebates.into_iter().map(|(_, period)| period.to_string()).collect::<Vec<_>>();
        assert_eq!(first("2026-07-01"), ["2026-H1", "2026-Q2"]);
        assert_eq!(first("2026-07-02"), ["2026-H2", "2026-Q3"]);
    }
}
