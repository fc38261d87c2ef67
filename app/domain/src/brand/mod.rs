//! The brand of a White Label partner: how its dashboard looks and what it is called (`PRIV-1`: branding of the dashboard).
//!
//! Everything is a typed value: a colour is a parsed colour, corners and fonts come from lists, texts are lines without anything
//! invisible. [`style_sheet`] writes nothing that was typed, so that there is nothing to escape.

use serde::{Deserialize, Serialize};

use crate::calendar::BusinessDate;
use crate::level::Outlook;
use crate::model::Model;
use crate::privilege::{self, Privilege};
use crate::terms::{Terms, TermsSchedule};

mod choice;
mod colour;
mod colours;
mod contrast;
mod form;
#[cfg(test)]
mod hostile;
mod line;
mod style_sheet;
#[cfg(test)]
mod tests;

pub use self::choice::{BrandFont, CornerRadii, CornerStyle};
pub use self::colour::Colour;
pub use self::colours::{BrandColours, BrandScale, BrandTheme, ColourScale, Ground, ThemeColours};
pub use self::contrast::{ColourField, ContrastPair, Mend, PairContrast, nearest_passing};
pub use self::form::{BrandField, BrandForm, BrandProblems};
pub use self::line::{BrandName, FooterText, SenderName, SupportEmail, SupportPhone, WebAddress};
pub use self::style_sheet::style_sheet;

/// What a version of a brand says. Its logo and its favicon are files and stand apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandContent {
    /// The name.
    pub name: BrandName,
    /// The primary colour.
    pub primary: Colour,
    /// The accent colour.
    pub accent: Colour,
    /// The style of corners.
    pub corners: CornerStyle,
    /// The font.
    pub font: BrandFont,
    /// Where clients write.
    pub support_email: Option<SupportEmail>,
    /// Where clients call.
    pub support_phone: Option<SupportPhone>,
    /// The partner's site.
    pub site: Option<WebAddress>,
    /// The agreement with clients.
    pub agreement: Option<WebAddress>,
    /// The name that e-mails come from.
    pub sender_name: SenderName,
    /// A line below pages and e-mails.
    pub footer: Option<FooterText>,
}

impl BrandContent {
    /// What the portal makes of its colours.
    pub fn colours(&self) -> BrandColours {
        BrandColours::derive(self.primary, self.accent)
    }

    /// The colour of its name on the white of e-mails and statements ([`ContrastPair::NameOnWhite`]).
    pub fn heading_colour(&self) -> Colour {
        self.primary
    }

    /// The colour of a browser's own frame, `<meta name="theme-color">`.
    pub fn theme_colour(&self, theme: BrandTheme) -> Colour {
        ThemeColours::of(theme, self.primary, self.accent).primary
    }
}

/// `PRIV-1`: whether a partner's brand is in force, by the terms of the day and the model in force on it. A brand of a partner that left
/// the model is kept, and shown to nobody.
pub fn in_force(terms: &Terms, model: Model) -> bool {
    privilege::has(terms, model, Privilege::Branding)
}

/// The first day on which the brand is not in force any more, as things stand today: by what is decided for days to come, or by what happens
/// if the level's requirement isn't met (`LVL-3`, `LVL-5`), where the level is warned of, too; it may have passed where a month is closed
/// late. None where it is not in force now, or nothing ends it.
pub fn ends_on(terms: &TermsSchedule, outlook: &Outlook) -> Option<BusinessDate> {
    if !in_force(terms.on(outlook.day), outlook.model) {
        return None;
    }
    let scheduled = outlook.scheduled.iter().map(|change| (change.from, change.model));
    let threatened = outlook.if_not.iter().filter(|_| !outlook.phase.is_safe()).map(|consequence| (consequence.from, consequence.model));
    scheduled
        .filter(|(from, _)| *from > outlook.day)
        .chain(threatened)
        .filter(|(from, model)| !in_force(terms.on(*from), *model))
        .map(|(from, _)| from)
        .min()
}
