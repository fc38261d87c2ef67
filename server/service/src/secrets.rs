//! Everything that must not be guessed is drawn here, from the system's secure generator.

use domain::bonus_code::{CodeText, ENTROPY_BYTES};
use rand::TryRngCore;
use rand::rngs::OsRng;
use uuid::Uuid;

use crate::{Error, Result};

fn draw<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(Error::unexpected)?;
    Ok(bytes)
}

/// A new bonus code (`CODE-6`).
pub fn code_text() -> Result<CodeText> {
    Ok(CodeText::from_entropy(draw::<ENTROPY_BYTES>()?))
}

/// The bytes of a proof that a partner puts into its DNS.
pub fn proof_bytes() -> Result<[u8; 16]> {
    draw()
}

/// A new id, roughly in the order of time.
pub fn id<T: From<Uuid>>() -> T {
    Uuid::now_v7().into()
}

/// A password of 24 letters and digits without look-alikes, for a person entered on the command line.
pub fn password() -> Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz3456789AE";
    let bytes = draw::<24>()?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}
