//! What a page of the portal may load: its Content-Security-Policy.

/// For a document that carries no script at all, such as an error page from outside of the router.
pub const STATIC_PAGE: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Who may show a page inside of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frames {
    /// Nobody.
    None,
    /// The portal itself: the preview of a brand.
    Own,
}

/// For a page of the router: the scripts that carry its nonce, and what those load.
///
/// `'wasm-unsafe-eval'` compiles the islands; it allows no JavaScript from text.
pub fn page(nonce: &str, frames: Frames) -> String {
    let ancestors = match frames {
        Frames::None => "'none'",
        Frames::Own => "'self'",
    };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'; frame-ancestors {ancestors}"
    )
}
