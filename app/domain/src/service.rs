//! The provider's services, as the rules tell them apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The code of a service in the catalogue, such as `kvm`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceCode(String);

/// The main services (`RATE-1`): KVM with and without vGPU, Hyper-V, databases, Kubernetes.
const MAIN: [&str; 5] = ["kvm", "kvm_vgpu", "hyperv", "databases", "kubernetes"];

impl ServiceCode {
    /// ElasticCloud KVM.
    pub fn kvm() -> Self {
        Self("kvm".to_owned())
    }

    /// ElasticCloud Hyper-V.
    pub fn hyperv() -> Self {
        Self("hyperv".to_owned())
    }

    /// MONT Office.
    pub fn mont_office() -> Self {
        Self("mont_office".to_owned())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the main services (`RATE-1`).
    pub fn is_main(&self) -> bool {
        MAIN.contains(&self.0.as_str())
    }

    /// Whether it runs on ElasticCloud KVM (`REB-1`).
    pub fn is_kvm(&self) -> bool {
        matches!(self.0.as_str(), "kvm" | "kvm_vgpu")
    }

    /// Whether it is MONT Office (`REB-2`).
    pub fn is_mont_office(&self) -> bool {
        self.0 == "mont_office"
    }
}

impl FromStr for ServiceCode {
    type Err = crate::model::UnknownText;

    /// Reads 1 to 40 small letters, digits, `_` and `-`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
        if fits { Ok(Self(text.to_owned())) } else { Err(crate::model::UnknownText) }
    }
}

impl TryFrom<String> for ServiceCode {
    type Error = crate::model::UnknownText;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ServiceCode> for String {
    fn from(code: ServiceCode) -> Self {
        code.0
    }
}

impl fmt::Display for ServiceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
