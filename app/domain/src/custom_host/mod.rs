//! The host name of its own under which a White Label partner's portal is reached, such as `portal.partner.ru`.
//!
//! 1. The partner enters a [`HostName`] and is told a record: [`proof_record`] with the text [`proof_value`]. The name is
//!    [`HostStatus::Waiting`].
//! 2. The partner puts the record into its DNS as TXT. The portal looks it up; [`proves`] says what was found, and
//!    [`HostStatus::checked`] what follows. Under a name that's [`HostStatus::Proven`] the partner's portal is shown.
//! 3. The portal looks again from time to time: [`recheck`]. A record that's gone for [`GRACE`] is no proof any more.
//!
//! Waiting reserves nothing: several partners may wait with the same name, each with a token of its own, and who owns the zone gets it.
//! A lookup that failed is no answer about the record, and none of these functions is asked.

mod host_name;
mod proof;
mod status;

pub use self::host_name::{HostName, HostProblem};
pub use self::proof::{FOUND_LENGTH, PROOF_LABEL, ProofToken, ProofTokenError, ProofVerdict, proof_record, proof_value, proves};
pub use self::status::{GRACE, HostRefusal, HostStatus, Recheck, recheck};

#[cfg(test)]
mod tests;
