//! How a file is handed out.

use crate::kind::Kind;
use crate::safe_name::SafeName;

/// The policy every file is served with: should a browser show it after all, nothing in it runs, loads or leaves.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Whether a browser may show a file in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// In a page. Only pictures are: anything else is saved whatever is asked.
    Inline,
    /// Saved.
    Attachment,
}

/// The headers a file is served with, by name and value. Caching is the caller's, who knows for whom it is.
pub fn headers(kind: Kind, name: &SafeName, disposition: Disposition) -> [(&'static str, String); 5] {
    let disposition = if kind.is_picture() { disposition } else { Disposition::Attachment };
    [
        ("content-type", kind.media_type().to_owned()),
        ("content-disposition", name.content_disposition(disposition)),
        ("content-security-policy", CONTENT_SECURITY_POLICY.to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
    ]
}
