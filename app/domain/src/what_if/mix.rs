//! How the revenue of a month ahead is split over services: as in the last closed months, or by chosen shares.

use rust_decimal::Decimal;

use super::plan::Plan;
use super::snapshot::{Snapshot, UsageGroup};
use crate::money::Money;
use crate::service::ServiceCode;

/// The services a plan tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Kvm,
    MontOffice,
    Other,
}

impl Part {
    const ALL: [Self; 3] = [Self::Kvm, Self::MontOffice, Self::Other];

    fn of(service: &ServiceCode) -> Self {
        if service.is_kvm() {
            Self::Kvm
        } else if service.is_mont_office() {
            Self::MontOffice
        } else {
            Self::Other
        }
    }

    /// The service that stands for a part that had no usage so far.
    fn service(self) -> ServiceCode {
        match self {
            Self::Kvm => ServiceCode::kvm(),
            Self::MontOffice => ServiceCode::mont_office(),
            Self::Other => ServiceCode::hyperv(),
        }
    }
}

/// Groups with the share of revenue that each has; `gross` is the weight.
pub(super) struct Mix {
    groups: Vec<(UsageGroup, Decimal)>,
}

impl Mix {
    /// The mix of a plan. Parts without a chosen share divide what is left as they did so far.
    pub(super) fn of(snapshot: &Snapshot, plan: &Plan) -> Self {
        let known = known_usage(snapshot);
        let weight =
            |part: Part| known.iter().filter(|group| Part::of(&group.service) == part).map(|group| group.gross).sum::<Money>().decimal();
        let chosen = |part: Part| match part {
            Part::Kvm => plan.kvm.map(Decimal::from),
            Part::MontOffice => plan.mont_office.map(Decimal::from),
            Part::Other => None,
        };
        let free: Decimal = Part::ALL.into_iter().filter(|part| chosen(*part).is_none()).map(weight).sum();
        let taken: Decimal = Part::ALL.into_iter().filter_map(chosen).sum();
        let left = (Decimal::ONE_HUNDRED - taken).max(Decimal::ZERO);
        let share = |part: Part| match chosen(part) {
            Some(share) => share,
            // Nothing known divides what is left: all of it is other services, or all of everything is KVM.
            None if free.is_zero() => {
                let nothing_chosen = Part::ALL.into_iter().all(|part| chosen(part).is_none());
                let stands_in = if nothing_chosen { Part::Kvm } else { Part::Other };
                if part == stands_in { left } else { Decimal::ZERO }
            }
            None => left * weight(part) / free,
        };
        let mut groups = Vec::new();
        for part in Part::ALL {
            let (share, total) = (share(part), weight(part));
            if total.is_zero() {
                groups.push((UsageGroup { service: part.service(), once_start: None, gross: Money::ZERO }, share));
            } else {
                let of_part = known.iter().filter(|group| Part::of(&group.service) == part);
                groups.extend(of_part.map(|group| (group.clone(), share * group.gross.decimal() / total)));
            }
        }
        groups.retain(|(_, share)| !share.is_zero());
        Self { groups }
    }

    /// An amount in these shares, to the kopeck: the parts sum to the whole.
    pub(super) fn split(&self, amount: Money) -> Vec<UsageGroup> {
        let whole: Decimal = self.groups.iter().map(|(_, share)| *share).sum();
        let (mut reached, mut given) = (Decimal::ZERO, Money::ZERO);
        let last = self.groups.len().saturating_sub(1);
        let mut parts = Vec::with_capacity(self.groups.len());
        for (at, (group, share)) in self.groups.iter().enumerate() {
            reached += *share;
            let through = if at == last { amount } else { amount.times(reached / whole).min(amount) };
            parts.push(UsageGroup { gross: through - given, ..group.clone() });
            given = through;
        }
        parts.retain(|part| !part.gross.is_zero());
        parts
    }
}

/// Usage that tells how revenue is split: of the last closed months, else of the open ones.
fn known_usage(snapshot: &Snapshot) -> Vec<UsageGroup> {
    let recent = || snapshot.recent.iter().filter(|group| !group.gross.is_zero()).cloned();
    if recent().next().is_some() {
        return recent().collect();
    }
    let mut open: Vec<UsageGroup> = Vec::new();
    for group in snapshot.open.values().flatten().filter(|group| !group.gross.is_zero()) {
        match open.iter_mut().find(|known| (&known.service, known.once_start) == (&group.service, group.once_start)) {
            Some(known) => known.gross += group.gross,
            None => open.push(group.clone()),
        }
    }
    open
}
