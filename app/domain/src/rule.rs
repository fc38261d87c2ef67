//! The ids of the rules of record. Code, refusals, tests and the audit trail cite them.

use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($variant:ident => $id:literal),+ $(,)?) => {
        /// A rule of the programme by its id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Rule {
            $(#[doc = $id] #[serde(rename = $id)] $variant,)+
        }

        impl Rule {
            /// Every rule that the portal cites.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The id, as in `LVL-3`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }
        }

        impl std::str::FromStr for Rule {
            type Err = crate::model::UnknownText;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($id => Ok(Self::$variant),)+ _ => Err(crate::model::UnknownText) }
            }
        }
    };
}

rules! {
    Case1 => "CASE-1",
    Cloudovka1 => "CLOUD-1",
    Cloudovka2 => "CLOUD-2",
    Code1 => "CODE-1",
    Code2 => "CODE-2",
    Code3 => "CODE-3",
    Code4 => "CODE-4",
    Code5 => "CODE-5",
    Code6 => "CODE-6",
    Comarketing1 => "COMK-1",
    Free1 => "FREE-1",
    Free2 => "FREE-2",
    Free3 => "FREE-3",
    Free4 => "FREE-4",
    Free5 => "FREE-5",
    Free6 => "FREE-6",
    Lead1 => "LEAD-1",
    Ledger1 => "LED-1",
    Ledger2 => "LED-2",
    Level1 => "LVL-1",
    Level2 => "LVL-2",
    Level3 => "LVL-3",
    Level4 => "LVL-4",
    Level5 => "LVL-5",
    Level6 => "LVL-6",
    Level7 => "LVL-7",
    Level8 => "LVL-8",
    Model1 => "MODEL-1",
    Model2 => "MODEL-2",
    Presale1 => "PRES-1",
    Privilege1 => "PRIV-1",
    Rate1 => "RATE-1",
    Rate2 => "RATE-2",
    Rate3 => "RATE-3",
    Rate4 => "RATE-4",
    Rebate1 => "REB-1",
    Rebate2 => "REB-2",
    Rebate3 => "REB-3",
    Rebate4 => "REB-4",
    Rebate5 => "REB-5",
    Sales1 => "SALES-1",
    Terms1 => "TERM-1",
    Telegram1 => "TG-1",
    Trial1 => "TRIAL-1",
    Usage1 => "USE-1",
    Usage2 => "USE-2",
    Usage3 => "USE-3",
    Usage4 => "USE-4",
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}
