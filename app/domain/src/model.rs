//! Levels, billing sides and the four models they make (`MODEL-1`).

use serde::{Deserialize, Serialize};

/// The partner's level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The entry level.
    Basic,
    /// The level given with the contract (`LVL-1`).
    Professional,
}

/// Who signs with and bills the end client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingSide {
    /// The provider bills the client.
    Provider,
    /// The partner bills the client.
    Partner,
}

/// The model of partnership: a level and a billing side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Basic, billed by the provider.
    Referral,
    /// Basic, billed by the partner.
    Reseller,
    /// Professional, billed by the provider.
    Agent,
    /// Professional, billed by the partner.
    WhiteLabel,
}

impl Model {
    /// Every model, in the order of the brochure's columns.
    pub const ALL: [Self; 4] = [Self::Referral, Self::Reseller, Self::Agent, Self::WhiteLabel];

    /// The model that a level and a billing side make (`MODEL-1`).
    pub fn new(level: Level, billing: BillingSide) -> Self {
        match (level, billing) {
            (Level::Basic, BillingSide::Provider) => Self::Referral,
            (Level::Basic, BillingSide::Partner) => Self::Reseller,
            (Level::Professional, BillingSide::Provider) => Self::Agent,
            (Level::Professional, BillingSide::Partner) => Self::WhiteLabel,
        }
    }

    /// Its level.
    pub fn level(self) -> Level {
        match self {
            Self::Referral | Self::Reseller => Level::Basic,
            Self::Agent | Self::WhiteLabel => Level::Professional,
        }
    }

    /// Its billing side.
    pub fn billing(self) -> BillingSide {
        match self {
            Self::Referral | Self::Agent => BillingSide::Provider,
            Self::Reseller | Self::WhiteLabel => BillingSide::Partner,
        }
    }
}

/// The stable texts under which these stand in the database, in URLs and in `simulate`.
macro_rules! stable_text {
    ($type:ty { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $type {
            /// The stable text of the value.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::model::UnknownText;

            fn from_str(text: &str) -> Result<Self, $crate::model::UnknownText> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::model::UnknownText) }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use stable_text;

/// A text that names none of the values it may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("none of the known values")]
pub struct UnknownText;

stable_text!(Level { Basic => "basic", Professional => "professional" });
stable_text!(BillingSide { Provider => "provider", Partner => "partner" });
stable_text!(Model { Referral => "referral", Reseller => "reseller", Agent => "agent", WhiteLabel => "white_label" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_its_level_and_its_billing_side() {
        for model in Model::ALL {
            assert_eq!(Model::new(model.level(), model.billing()), model);
            assert_eq!(model.as_str().parse(), Ok(model));
        }
    }
}
