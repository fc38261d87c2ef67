//! An answer that is a file to keep, not a page to show.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

/// A file under a name; its content is nobody's but the reader's, so nothing on the way keeps it.
pub fn file(name: &str, media_type: &'static str, content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store".to_owned())];
    (headers, content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_under_its_name_and_nowhere_on_the_way() {
        let answer = file("statement-2026-04.csv", "text/csv; charset=utf-8", vec![1]);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(answer.headers()[CONTENT_DISPOSITION], "attachment; filename=\"statement-2026-04.csv\"");
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        // A name that no header may hold is no answer at all.
        assert!(file("a\nb", "text/csv", Vec::new()).status().is_server_error());
    }
}
