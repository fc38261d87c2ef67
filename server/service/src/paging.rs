//! Lists in pages: what a person looks for, and where the next page begins.

/// The most characters of a search that are looked at.
const LONGEST_SEARCH: usize = 200;

/// What a person looks for; none where they typed nothing. Control characters are dropped: the database takes no NUL.
pub fn search_text(typed: Option<&str>) -> Option<String> {
    let text: String = typed?.chars().filter(|letter| !letter.is_control()).take(LONGEST_SEARCH).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Cuts what was read (one line more than a page) to a page; true where there are more.
pub(crate) fn cut_to_page<Line>(lines: &mut Vec<Line>, page: i64) -> bool {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let more = lines.len() > page;
    lines.truncate(page);
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_trimmed_and_an_empty_one_is_none() {
        assert_eq!(search_text(None), None);
        assert_eq!(search_text(Some(" \0\t ")), None);
        assert_eq!(search_text(Some(" Ромашка\0 ")).as_deref(), Some("Ромашка"));
    }

    #[test]
    fn one_line_more_than_a_page_means_another_page() {
        let mut lines = vec![1, 2, 3];
        assert!(!cut_to_page(&mut lines, 3));
        assert!(cut_to_page(&mut lines, 2));
        assert_eq!(lines, [1, 2]);
    }
}
