//! How the shares of the terms travel: in JSON as ever, elsewhere as text.
//!
//! A `Decimal` asks the format what comes next, for JSON may say `0.27` or `"0.27"`. A compact format can't answer that.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Model;
use crate::service::ServiceCode;

/// For `#[serde(with)]`: one share.
pub(super) fn serialize<S: Serializer>(share: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() { Serialize::serialize(share, serializer) } else { Compact(*share).serialize(serializer) }
}

/// For `#[serde(with)]`: one share.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    if deserializer.is_human_readable() {
        <Decimal as Deserialize>::deserialize(deserializer)
    } else {
        Ok(Compact::deserialize(deserializer)?.0)
    }
}

/// A share as its text.
#[derive(Clone, Copy)]
struct Compact(Decimal);

impl Serialize for Compact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Compact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map(Self).map_err(|_| D::Error::custom("not a share"))
    }
}

/// For `#[serde(with)]`: shares by service and model.
pub(super) mod by_service {
    use super::{BTreeMap, Compact, Decimal, Deserialize, Deserializer, Model, Serialize, Serializer, ServiceCode};

    type Shares = BTreeMap<ServiceCode, BTreeMap<Model, Decimal>>;

    pub(in super::super) fn serialize<S: Serializer>(shares: &Shares, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return shares.serialize(serializer);
        }
        let flat = shares.iter().flat_map(|(service, of)| of.iter().map(move |(model, share)| (service, *model, Compact(*share))));
        // A service without shares is as good as none.
        flat.collect::<Vec<_>>().serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Shares, D::Error> {
        if deserializer.is_human_readable() {
            return Shares::deserialize(deserializer);
        }
        let flat = Vec::<(ServiceCode, Model, Compact)>::deserialize(deserializer)?;
        let mut shares = Shares::new();
        for (service, model, Compact(share)) in flat {
            shares.entry(service).or_default().insert(model, share);
        }
        Ok(shares)
    }
}
