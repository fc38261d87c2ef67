//! What a brand chooses from a list: corners and fonts. Every value that reaches a style sheet is written here.

use serde::{Deserialize, Serialize};

use crate::model::stable_text;

/// How round the corners are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CornerStyle {
    /// Not at all.
    Square,
    /// As the portal's own.
    Soft,
    /// Buttons and fields are round at their ends.
    Round,
}

stable_text!(CornerStyle { Square => "square", Soft => "soft", Round => "round" });

/// The radii of a style, CSS lengths in `rem`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CornerRadii {
    /// Of check boxes and other small controls, `--radius-selector`.
    pub selector: &'static str,
    /// Of buttons and fields, `--radius-field`.
    pub field: &'static str,
    /// Of cards, `--radius-box`.
    pub card: &'static str,
}

impl CornerStyle {
    /// Every style, from square to round.
    pub const ALL: [Self; 3] = [Self::Square, Self::Soft, Self::Round];

    /// The stable text, as in the database.
    pub fn code(self) -> &'static str {
        self.as_str()
    }

    /// The style of a stable text.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// Its radii.
    pub fn radii(self) -> CornerRadii {
        match self {
            Self::Square => CornerRadii { selector: "0rem", field: "0rem", card: "0rem" },
            Self::Soft => CornerRadii { selector: "0.25rem", field: "0.5rem", card: "0.75rem" },
            Self::Round => CornerRadii { selector: "0.5rem", field: "1.25rem", card: "1.25rem" },
        }
    }
}

/// A font that is shipped with the portal or stands on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrandFont {
    /// Golos Text, the portal's own.
    GolosText,
    /// Onest.
    Onest,
    /// What the reader's system uses.
    System,
    /// A serif of the reader's system.
    Serif,
}

stable_text!(BrandFont { GolosText => "golos_text", Onest => "onest", System => "system", Serif => "serif" });

impl BrandFont {
    /// Every font, in the order of the form.
    pub const ALL: [Self; 4] = [Self::GolosText, Self::Onest, Self::System, Self::Serif];

    /// The stable text, as in the database.
    pub fn code(self) -> &'static str {
        self.as_str()
    }

    /// The font of a stable text.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The list of families, a value of CSS.
    pub fn families(self) -> &'static str {
        match self {
            Self::GolosText => r#""Golos Text", "Golos Text Fallback", "Golos Text Fallback Wide", system-ui, sans-serif"#,
            Self::Onest => r#""Onest", "Onest Fallback", "Onest Fallback Wide", system-ui, sans-serif"#,
            Self::System => "system-ui, sans-serif",
            Self::Serif => r#"Georgia, "Times New Roman", serif"#,
        }
    }
}
