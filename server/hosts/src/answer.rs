use hickory_resolver::proto::rr::rdata::TXT;
use hickory_resolver::proto::rr::{Name, RData, Record};

/// How many records of an answer are read. Under the name of a proof stands one, or a few where a partner tries again.
pub const MOST_RECORDS: usize = 32;

/// How many characters of a record are read. The proof has some fifty.
pub const MOST_CHARACTERS: usize = 512;

/// The texts that an answer gives for `name`: of the name itself or of the one that its CNAME records lead to, and of no other that a
/// server adds.
pub(crate) fn texts(name: &Name, answers: &[Record]) -> Vec<String> {
    let mut holder = name;
    // As often as there are records, since they may stand in any order, and a circle ends nowhere.
    for _ in answers {
        let next = answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *holder => Some(&target.0),
            _ => None,
        });
        let Some(next) = next else { break };
        holder = next;
    }
    let records = answers.iter().filter(|record| record.name == *holder).filter_map(|record| match &record.data {
        RData::TXT(record) => Some(text(record)),
        _ => None,
    });
    records.take(MOST_RECORDS).collect()
}

/// The strings of one record joined without anything between (RFC 7208, 3.3), cut after [`MOST_CHARACTERS`]. What is no UTF-8 becomes `�`.
fn text(record: &TXT) -> String {
    // No character has more than four bytes, so no more need be joined. (What is no UTF-8 has one character for each byte or fewer.)
    let bytes: Vec<u8> = record.txt_data.iter().flat_map(|part| part.iter().copied()).take(MOST_CHARACTERS * 4).collect();
    String::from_utf8_lossy(&bytes).chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::rdata::CNAME;

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).expect("a name")
    }

    fn says(holder: &str, parts: &[&[u8]]) -> Record {
        Record::from_rdata(name(holder), 60, RData::TXT(TXT::from_bytes(parts.to_vec())))
    }

    fn leads(from: &str, to: &str) -> Record {
        Record::from_rdata(name(from), 60, RData::CNAME(CNAME(name(to))))
    }

    #[test]
    fn the_parts_of_a_record_are_joined() {
        let answers = [says("a.example.", &[b"portal-", b"", b"proof=1"])];
        assert_eq!(texts(&name("a.example."), &answers), ["portal-proof=1"]);
    }

    #[test]
    fn a_record_of_another_name_is_not_believed() {
        let answers = [says("b.example.", &[b"portal-proof=1"]), leads("c.example.", "b.example.")];
        assert!(texts(&name("a.example."), &answers).is_empty());
    }

    #[test]
    fn a_chain_of_names_is_followed_in_whatever_order_it_stands() {
        let answers = [says("c.example.", &[b"yes"]), leads("b.example.", "C.example."), leads("A.example.", "b.example.")];
        assert_eq!(texts(&name("a.example."), &answers), ["yes"]);
    }

    #[test]
    fn a_circle_of_names_ends() {
        let answers = [leads("a.example.", "b.example."), leads("b.example.", "a.example."), says("c.example.", &[b"no"])];
        assert!(texts(&name("a.example."), &answers).is_empty());
    }

    #[test]
    fn no_more_is_read_than_the_limits_say() {
        let long = "я".repeat(MOST_CHARACTERS + 1);
        let parts: Vec<&[u8]> = long.as_bytes().chunks(255).collect();
        let answers = vec![says("a.example.", &parts); MOST_RECORDS + 1];
        let texts = texts(&name("a.example."), &answers);
        assert_eq!(texts.len(), MOST_RECORDS);
        assert!(texts.iter().all(|text| *text == "я".repeat(MOST_CHARACTERS)));
    }

    #[test]
    fn what_is_no_utf_8_is_read_all_the_same() {
        let long = vec![0xff; 3_000];
        let parts: Vec<&[u8]> = long.chunks(255).collect();
        let answers = [says("a.example.", &[b"a\xffb"]), says("a.example.", &parts)];
        assert_eq!(texts(&name("a.example."), &answers), ["a\u{fffd}b".to_owned(), "\u{fffd}".repeat(MOST_CHARACTERS)]);
    }
}
