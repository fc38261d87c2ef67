//! How much a company may keep.

use crate::refusal::Refusal;

/// Whether a file of this size fits, all in bytes.
pub fn fits(used: u64, size: u64, limit: u64) -> bool {
    used.checked_add(size).is_some_and(|sum| sum <= limit)
}

/// What a company and one of its requests may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Bytes of all files of a company.
    pub bytes: u64,
    /// Files of one request.
    pub files_per_request: usize,
}

impl Default for Allowance {
    /// One gibibyte, ten files a request.
    fn default() -> Self {
        Self { bytes: 1024 * 1024 * 1024, files_per_request: 10 }
    }
}

/// What is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    /// Bytes of all files of the company.
    pub bytes: u64,
    /// Files of the request that gets another one.
    pub files_in_request: usize,
}

impl Usage {
    /// Whether one more file of `size` bytes is allowed.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooManyFiles`], [`Refusal::OverQuota`].
    pub fn admit(self, size: u64, allowance: Allowance) -> Result<(), Refusal> {
        if self.files_in_request >= allowance.files_per_request {
            return Err(Refusal::TooManyFiles { limit: allowance.files_per_request });
        }
        if !fits(self.bytes, size, allowance.bytes) {
            return Err(Refusal::OverQuota { free: self.free(allowance) });
        }
        Ok(())
    }

    /// Bytes that are free; none when a limit was lowered below what is there.
    pub fn free(self, allowance: Allowance) -> u64 {
        allowance.bytes.saturating_sub(self.bytes)
    }

    /// How full it is, in whole percent, never more than a hundred; a company with no room at all is full.
    pub fn percent(self, allowance: Allowance) -> u8 {
        let share = (u128::from(self.bytes) * 100).checked_div(u128::from(allowance.bytes)).unwrap_or(100);
        u8::try_from(share.min(100)).unwrap_or(100)
    }
}
