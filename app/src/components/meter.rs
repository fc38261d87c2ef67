//! How much of a limit is used, waits and is free.

use domain::calendar::BusinessDate;
use leptos::prelude::*;

use crate::format;
use crate::i18n::{Locale, td_string};

/// A limit and what has been taken of it, in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Granted.
    pub used: i64,
    /// Asked for and not yet decided.
    pub waiting: i64,
    /// The most there can be.
    pub limit: i64,
}

impl Taken {
    /// What is left; never below zero.
    pub fn free(self) -> i64 {
        (self.limit - self.used - self.waiting).max(0)
    }

    /// Where the used and the waiting part end, as shares of a bar 100 wide.
    fn ends(self) -> (f64, f64) {
        let limit = self.limit.max(self.used + self.waiting).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a drawing's coordinate, far below 2^52")]
        let share = |amount: i64| amount.max(0) as f64 * 100.0 / limit as f64;
        (share(self.used), share(self.used + self.waiting))
    }
}

/// A bar with its figures in words above it: `8 + 1 из 10`. The words say everything, so the bar is for the eye only.
#[component]
pub fn Meter(
    /// The language.
    locale: Locale,
    /// What is metered, as "коды".
    #[prop(into)]
    label: String,
    /// The figures.
    taken: Taken,
    /// How one figure is written, as `format::number` or `format::roubles`.
    figure: fn(Locale, i64) -> String,
    /// When it is free again.
    #[prop(optional, into)]
    resets_on: Option<BusinessDate>,
) -> impl IntoView {
    let (used_end, waiting_end) = taken.ends();
    let write = |amount| figure(locale, amount);
    let spoken = td_string!(
        locale,
        common.meter.spoken,
        label = label.clone(),
        used = write(taken.used),
        waiting = write(taken.waiting),
        free = write(taken.free()),
        limit = write(taken.limit)
    );
    let sentence = if taken.waiting == 0 {
        td_string!(locale, common.meter.without_waiting, used = write(taken.used), limit = write(taken.limit))
    } else {
        td_string!(locale, common.meter.sentence, used = write(taken.used), waiting = write(taken.waiting), limit = write(taken.limit))
    };
    let foot = resets_on.map(|date| {
        let text = td_string!(locale, common.meter.resets_on, date = format::date_long(locale, date));
        view! { <p class="meter__foot">{text}</p> }
    });
    view! {
        <div class="meter">
            <p class="meter__head">
                <span aria-hidden="true">{label}</span>
                <span class="figures" aria-hidden="true">{sentence}</span>
                <span class="visually-hidden">{spoken}</span>
            </p>
            <svg class="meter__bar" width="100%" height="8" aria-hidden="true">
                <rect class="meter__free" width="100%" height="8"></rect>
                <rect class="meter__used" width=format!("{used_end:.2}%") height="8"></rect>
                <rect
                    class="meter__waiting"
                    x=format!("{used_end:.2}%")
                    width=format!("{:.2}%", waiting_end - used_end)
                    height="8"
                ></rect>
            </svg>
            {foot}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_never_leaves_its_frame() {
        let over = Taken { used: 12, waiting: 3, limit: 10 };
        assert_eq!(over.free(), 0);
        let (used, waiting) = over.ends();
        assert!(used <= waiting && waiting <= 100.0, "{used} {waiting}");
        assert_eq!(Taken { used: 0, waiting: 0, limit: 0 }.ends(), (0.0, 0.0));
    }

    #[test]
    fn the_figures_are_said_in_words() {
        let taken = Taken { used: 8, waiting: 1, limit: 10 };
        let html = Owner::new()
            .with(|| view! { <Meter locale=Locale::ru label="коды" taken figure=format::number/> }.to_html())
            .replace('\u{a0}', " ");
        assert!(html.contains("8 + 1 из 10"), "{html}");
        assert!(html.contains("коды: использовано 8, ждёт решения 1, свободно 1 из 10"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
