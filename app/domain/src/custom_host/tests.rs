use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;

fn host(text: &str) -> HostName {
    text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

fn token() -> ProofToken {
    ProofToken::from_bytes([0x0f; 16])
}

fn records(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

fn different(found: &str) -> ProofVerdict {
    ProofVerdict::Different { found: found.to_owned() }
}

#[test]
fn names_that_partners_have_are_read_and_written_the_same() {
    let label = "a".repeat(63);
    let long = format!("{}.ru", [label.as_str(); 3].join("."));
    for text in [
        "portal.partner.ru",
        "partner.ru",
        "a.ru",
        "1c.partner.ru",
        "24.ru",
        "my-portal.big-partner.com.ru",
        "r3---sn.example",
        "portal.example",
        "portal.partner.test",
        "xn--80aswg.xn--p1ai",
        "portal.xn--80aswg.xn--p1ai",
        "cloud.partner.digital",
        "0x7f.1.partner.ru",
        "localhost.partner.ru",
        "internal.partner.ru",
        &long,
    ] {
        assert_eq!(host(text).to_string(), text);
        assert_eq!(host(text).as_str(), text);
    }
}

#[test]
fn letters_become_small_and_one_dot_at_the_end_is_cut() {
    assert_eq!(host("Portal.PARTNER.ru."), host("portal.partner.ru"));
    assert_eq!(host("XN--80ASWG.XN--P1AI").as_str(), "xn--80aswg.xn--p1ai");
}

#[test]
fn a_name_is_as_long_as_leaves_room_for_the_record_of_its_proof() {
    let label = "a".repeat(63);
    let of = |rest: usize| format!("{label}.{label}.{label}.{}.ru", "b".repeat(rest));
    let longest = host(&of(44));
    assert_eq!((longest.as_str().len(), proof_record(&longest).len()), (239, 253));
    assert_eq!(of(45).parse::<HostName>(), Err(HostProblem::TooLong { maximum: 239 }));
    assert_eq!(host(&format!("{longest}.")), longest);
}

#[test]
fn every_hostile_name_is_refused_by_its_own_reason() {
    let (label, long) = ("a".repeat(64), ["a".repeat(63).as_str(); 5].join("."));
    let (long_label, very_long, endless) = (format!("{label}.ru"), format!("{long}.ru"), "a.".repeat(50_000) + "ru");
    let is = |character| HostProblem::Character { character };
    let too_long = HostProblem::TooLong { maximum: 239 };
    let names: &[(&str, HostProblem)] = &[
        ("", HostProblem::Required),
        // Lines, spaces, what can't be seen.
        (" ", is(' ')),
        (" portal.partner.ru", is(' ')),
        ("portal.partner.ru ", is(' ')),
        ("portal partner.ru", is(' ')),
        ("portal.partner.ru\r\n", is('\r')),
        ("portal.partner.ru\r\nSet-Cookie: a=b", is('\r')),
        ("portal.partner.ru\nX-Forwarded-Host: evil.example", is('\n')),
        ("portal.partner.ru\t", is('\t')),
        ("portal.partner.ru\0", is('\0')),
        ("portal.partner.ru\0.evil.example", is('\0')),
        ("portal\u{7f}.partner.ru", is('\u{7f}')),
        ("portal\u{a0}.partner.ru", is('\u{a0}')),
        ("portal\u{ad}.partner.ru", is('\u{ad}')),
        ("portal\u{200b}.partner.ru", is('\u{200b}')),
        ("portal\u{202e}ur.rentrap", is('\u{202e}')),
        ("\u{feff}portal.partner.ru", is('\u{feff}')),
        // Addresses, mailboxes, paths.
        ("https://portal.partner.ru", HostProblem::Address),
        ("https://portal.partner.ru:443/", HostProblem::Address),
        ("//portal.partner.ru", HostProblem::Address),
        ("portal.partner.ru/", HostProblem::Address),
        ("portal.partner.ru/../admin", HostProblem::Address),
        ("portal.partner.ru\\evil.example", HostProblem::Address),
        ("portal.partner.ru?a=b", HostProblem::Address),
        ("portal.partner.ru#evil.example", HostProblem::Address),
        ("admin@portal.partner.ru", HostProblem::Address),
        ("portal.partner.ru@evil.example", HostProblem::Address),
        // Ports.
        ("portal.partner.ru:443", HostProblem::Port),
        ("portal.partner.ru:", HostProblem::Port),
        ("localhost:3000", HostProblem::Port),
        ("127.0.0.1:80", HostProblem::Port),
        ("javascript:alert", HostProblem::Port),
        // Addresses of hosts, in all forms that a browser reads.
        ("127.0.0.1", HostProblem::IpAddress),
        ("127.0.0.1.", HostProblem::IpAddress),
        ("127.1", HostProblem::IpAddress),
        ("2130706433", HostProblem::IpAddress),
        ("0x7f000001", HostProblem::IpAddress),
        ("0x7f.1", HostProblem::IpAddress),
        ("0X7F.0x0.0x0.0x1", HostProblem::IpAddress),
        ("127.0.0.0x", HostProblem::IpAddress),
        ("0177.0.0.01", HostProblem::IpAddress),
        ("999.999.999.999", HostProblem::IpAddress),
        ("portal.partner.123", HostProblem::IpAddress),
        ("169.254.169.254", HostProblem::IpAddress),
        ("::", HostProblem::IpAddress),
        ("::1", HostProblem::IpAddress),
        ("[::1]", HostProblem::IpAddress),
        ("[::1]:443", HostProblem::IpAddress),
        ("::ffff:127.0.0.1", HostProblem::IpAddress),
        ("fe80::1%eth0", HostProblem::IpAddress),
        // Patterns.
        ("*", HostProblem::Wildcard),
        ("*.partner.ru", HostProblem::Wildcard),
        ("portal.*.ru", HostProblem::Wildcard),
        ("port*l.partner.ru", HostProblem::Wildcard),
        // Other letters.
        ("портал.партнёр.рф", HostProblem::NeedsPunycode),
        ("портал.partner.ru", HostProblem::NeedsPunycode),
        ("portal.партнёр.ru", HostProblem::NeedsPunycode),
        ("müller.example", HostProblem::NeedsPunycode),
        ("門戸.example", HostProblem::NeedsPunycode),
        ("ｐｏｒｔａｌ.partner.ru", HostProblem::NeedsPunycode),
        ("portal.partner.ru.\u{661}", HostProblem::NeedsPunycode),
        ("\u{212a}.partner.ru", HostProblem::NeedsPunycode),
        ("р\u{043e}rtal.partner.ru", HostProblem::MixedAlphabets),
        ("portal.pаrtner.ru", HostProblem::MixedAlphabets),
        ("pοrtal.partner.ru", HostProblem::MixedAlphabets),
        ("portal。partner。ru", is('。')),
        ("portal．partner.ru", is('．')),
        ("portal\u{2044}partner.ru", is('\u{2044}')),
        ("☺.partner.ru", is('☺')),
        // Other characters.
        ("portal%2epartner.ru", is('%')),
        ("%70ortal.partner.ru", is('%')),
        ("portal%00.partner.ru", is('%')),
        ("_portal-proof.partner.ru", is('_')),
        ("por_tal.partner.ru", is('_')),
        ("portal,partner.ru", is(',')),
        ("portal;partner.ru", is(';')),
        ("portal.partner.ru'--", is('\'')),
        ("\"portal.partner.ru\"", is('"')),
        ("<b>.partner.ru", is('<')),
        ("${jndi}.partner.ru", is('$')),
        ("portal.partner.ru, evil.example", is(',')),
        // Labels.
        (".", HostProblem::EmptyLabel),
        ("..", HostProblem::EmptyLabel),
        (".portal.partner.ru", HostProblem::EmptyLabel),
        ("portal..partner.ru", HostProblem::EmptyLabel),
        ("portal.partner.ru..", HostProblem::EmptyLabel),
        ("-portal.partner.ru", HostProblem::Hyphen),
        ("portal-.partner.ru", HostProblem::Hyphen),
        ("portal.partner.ru-", HostProblem::Hyphen),
        ("portal.-.ru", HostProblem::Hyphen),
        ("xn--.partner.ru", HostProblem::Hyphen),
        ("portal.xn--", HostProblem::Hyphen),
        (&long_label, HostProblem::LabelTooLong { maximum: 63 }),
        (&label, HostProblem::LabelTooLong { maximum: 63 }),
        (&very_long, too_long),
        (&endless, too_long),
        // What isn't public, or no domain of anybody.
        ("localhost", HostProblem::NotPublic),
        ("LOCALHOST.", HostProblem::NotPublic),
        ("portal.localhost", HostProblem::NotPublic),
        ("localhost.localdomain", HostProblem::NotPublic),
        ("printer.local", HostProblem::NotPublic),
        ("metadata.google.internal", HostProblem::NotPublic),
        ("portal.invalid", HostProblem::NotPublic),
        ("expyuzz4wqqyqhjn.onion", HostProblem::NotPublic),
        ("1.0.0.127.in-addr.arpa", HostProblem::NotPublic),
        ("router.home.arpa", HostProblem::NotPublic),
        ("portal.corp", HostProblem::NotPublic),
        ("ru", HostProblem::OneLabel),
        ("com.", HostProblem::OneLabel),
        ("portal", HostProblem::OneLabel),
        ("xn--p1ai", HostProblem::OneLabel),
        ("portal.r", HostProblem::Ending),
        ("portal.1ru", HostProblem::Ending),
        ("portal.ru2", HostProblem::Ending),
        ("portal.r-u", HostProblem::Ending),
        ("127.0.0.1a", HostProblem::Ending),
    ];
    assert!(names.len() > 100);
    for (name, problem) in names {
        let start: String = name.chars().take(80).collect();
        assert_eq!(name.parse::<HostName>(), Err(*problem), "{start:?}");
    }
}

#[test]
fn a_kept_name_is_read_as_strictly_as_a_typed_one() {
    assert_eq!(serde_json::to_string(&host("portal.partner.ru")).unwrap(), r#""portal.partner.ru""#);
    assert_eq!(serde_json::from_str::<HostName>(r#""portal.partner.ru""#).unwrap(), host("portal.partner.ru"));
    assert!(serde_json::from_str::<HostName>(r#""portal.partner.ru/""#).is_err());
    let problem = HostProblem::Character { character: '_' };
    let written = serde_json::to_string(&problem).unwrap();
    assert_eq!(written, r#"{"problem":"character","character":"_"}"#);
    assert_eq!(serde_json::from_str::<HostProblem>(&written).unwrap(), problem);
    assert_eq!(serde_json::to_string(&HostProblem::NeedsPunycode).unwrap(), r#"{"problem":"needs_punycode"}"#);
}

#[test]
fn a_name_is_under_itself_and_under_what_it_ends_with_at_a_dot() {
    let provider = host("provider.ru");
    for under in ["provider.ru", "partners.provider.ru", "a.b.provider.ru"] {
        assert!(host(under).is_under(&provider), "{under}");
    }
    for other in ["aprovider.ru", "a-provider.ru", "provider.ru.evil.example", "provider.com", "ru.provider", "der.ru"] {
        assert!(!host(other).is_under(&provider), "{other}");
    }
    assert!(!provider.is_under(&host("partners.provider.ru")));
}

#[test]
fn a_partner_is_told_one_record() {
    assert_eq!(proof_record(&host("portal.partner.ru")), "_portal-proof.portal.partner.ru");
    assert_eq!(proof_value(&token()), "portal-proof=0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
}

#[test]
fn a_token_is_32_small_hexadecimal_digits() {
    let bytes = [0, 1, 0x10, 0xff, 0xa5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    assert_eq!(ProofToken::from_bytes(bytes).as_str(), "000110ffa5060708090a0b0c0d0e0f10");
    let digits = "0f".repeat(16);
    assert_eq!(digits.parse(), Ok(token()));
    for text in
        ["", "0f", &digits[1..], &format!("{digits}0"), &digits.to_uppercase(), &digits.replace('f', "g"), &digits.replace('f', "ａ")]
    {
        assert_eq!(text.parse::<ProofToken>(), Err(ProofTokenError), "{text}");
    }
    assert!(serde_json::from_str::<ProofToken>(r#""0f""#).is_err());
    assert_eq!(serde_json::from_str::<ProofToken>(&format!("{digits:?}")).unwrap(), token());
}

#[test]
fn the_proof_is_found_among_other_records_and_between_spaces() {
    let proof = proof_value(&token());
    assert_eq!(proves(&records(&[&proof]), &token()), ProofVerdict::Proven);
    assert_eq!(proves(&records(&["", "v=spf1 -all", "portal-proof=old", &proof]), &token()), ProofVerdict::Proven);
    assert_eq!(proves(&records(&[&format!(" {proof}\n")]), &token()), ProofVerdict::Proven);
}

#[test]
fn where_there_is_nothing_the_proof_is_missing() {
    assert_eq!(proves(&[], &token()), ProofVerdict::Missing);
    assert_eq!(proves(&records(&["", "  "]), &token()), ProofVerdict::Missing);
}

#[test]
fn what_is_nearly_the_proof_is_told_as_it_stands() {
    let proof = proof_value(&token());
    let quoted = format!("\"{proof}\"");
    let doubled = format!("{proof}{proof}");
    let spaced = proof.replace('=', " = ");
    let (large, short) = (proof.to_uppercase(), &proof[..proof.len() - 1]);
    for near in [quoted.as_str(), &doubled, &spaced, &large, short, token().as_str(), &proof.replace("portal-", "")] {
        assert_eq!(proves(&records(&[near]), &token()), different(near));
    }
}

#[test]
fn of_several_records_the_one_that_was_meant_is_told() {
    assert_eq!(proves(&records(&["v=spf1 -all", "Portal-Proof=1", "portal-proof=2"]), &token()), different("Portal-Proof=1"));
    assert_eq!(proves(&records(&[" ", "v=spf1 -all", "other"]), &token()), different("v=spf1 -all"));
}

#[test]
fn a_found_record_is_told_short_and_without_tricks() {
    let long = "я".repeat(FOUND_LENGTH + 1);
    assert_eq!(proves(&records(&[&long]), &token()), different(&"я".repeat(FOUND_LENGTH)));
    assert_eq!(proves(&records(&["a\u{202e}b\u{200b}c\nd\u{0}e"]), &token()), different("a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"));
}

#[test]
fn each_status_changes_only_as_the_picture_shows() {
    use HostStatus::{Proven, Revoked, Waiting};
    assert_eq!(HostStatus::ADDED, Waiting);
    let (missing, other) = (ProofVerdict::Missing, different("x"));
    // Before; found; not found; lost; readmitted; removed.
    let table = [
        (Waiting, Ok(Proven), Ok(Waiting), Err(HostRefusal::NotProven), Err(HostRefusal::NotRevoked), Ok(())),
        (Proven, Ok(Proven), Ok(Proven), Ok(Waiting), Err(HostRefusal::NotRevoked), Ok(())),
        (Revoked, Err(HostRefusal::Revoked), Err(HostRefusal::Revoked), Err(HostRefusal::Revoked), Ok(Waiting), Err(HostRefusal::Revoked)),
    ];
    assert_eq!(table.map(|row| row.0), HostStatus::ALL);
    for (status, found, not_found, lost, readmitted, removed) in table {
        assert_eq!(status.checked(&ProofVerdict::Proven), found);
        assert_eq!(status.checked(&missing), not_found);
        assert_eq!(status.checked(&other), not_found);
        assert_eq!(status.lost(), lost);
        assert_eq!(status.readmitted(), readmitted);
        assert_eq!(status.check_removal(), removed);
        assert_eq!(status.revoked(), Revoked);
        assert_eq!(status.is_served(), status == Proven);
    }
}

#[test]
fn a_proof_that_is_gone_is_lost_after_a_week_and_not_before() {
    let gone = at("2026-12-01T10:00:00Z");
    let lost_at = at("2026-12-08T10:00:00Z");
    let missing = Recheck::Missing { since: gone, lost_at };
    assert_eq!(recheck(None, &ProofVerdict::Missing, gone, GRACE), missing);
    assert_eq!(recheck(Some(gone), &different("x"), lost_at - Duration::seconds(1), GRACE), missing);
    assert_eq!(recheck(Some(gone), &different("x"), lost_at, GRACE), Recheck::Lost { since: gone });
    assert_eq!(recheck(Some(gone), &ProofVerdict::Missing, lost_at + Duration::days(9), GRACE), Recheck::Lost { since: gone });
    assert_eq!(missing.missing_since(), Some(gone));
}

#[test]
fn a_proof_that_comes_back_begins_a_new_week() {
    let gone = at("2026-12-01T10:00:00Z");
    let back = recheck(Some(gone), &ProofVerdict::Proven, at("2026-12-20T10:00:00Z"), GRACE);
    assert_eq!((back, back.missing_since()), (Recheck::Holds, None));
    let again = at("2026-12-21T10:00:00Z");
    let found = recheck(back.missing_since(), &ProofVerdict::Missing, again, GRACE);
    assert_eq!(found, Recheck::Missing { since: again, lost_at: at("2026-12-28T10:00:00Z") });
}

#[test]
fn one_look_alone_loses_no_proof_and_a_clock_set_back_neither() {
    let now = at("2026-12-01T10:00:00Z");
    assert!(matches!(recheck(None, &ProofVerdict::Missing, now, Duration::zero()), Recheck::Missing { .. }));
    assert!(matches!(recheck(Some(now), &ProofVerdict::Missing, at("2026-11-01T10:00:00Z"), GRACE), Recheck::Missing { .. }));
    assert!(matches!(recheck(Some(now), &ProofVerdict::Missing, now, Duration::MAX), Recheck::Missing { .. }));
}

/// Names as DNS allows them, in letters of either case, some with a dot at the end.
fn names() -> impl Strategy<Value = String> {
    "([a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?\\.){1,6}(ru|com|EXAMPLE|xn--p1ai|digital)\\.?"
}

/// Texts made of what names are made of, and of what makes them something else.
fn nearly_names() -> impl Strategy<Value = String> {
    let parts =
        ["a", "portal", "RU", "xn--", "-", ".", "..", ":", "0x", "1", "127", "/", "@", "*", "_", "%", "[", "]", "я", "\u{200b}", "\n"];
    proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat())
}

/// What holds for every name that was read.
fn check(name: &HostName) -> Result<(), TestCaseError> {
    let text = name.as_str();
    prop_assert!(text.len() <= 239 && text.contains('.') && !text.ends_with('.'));
    for label in text.split('.') {
        prop_assert!((1..=63).contains(&label.len()));
        prop_assert!(label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        prop_assert!(!label.starts_with('-') && !label.ends_with('-'));
    }
    prop_assert!(text.parse::<std::net::IpAddr>().is_err());
    prop_assert_eq!(&text.parse::<HostName>(), &Ok(name.clone()));
    prop_assert_eq!(serde_json::from_str::<HostName>(&serde_json::to_string(name).unwrap()).unwrap(), name.clone());
    prop_assert!(proof_record(name).parse::<HostName>().is_err(), "the record of a proof is nobody's host name");
    Ok(())
}

proptest! {
    #[test]
    fn every_name_of_dns_is_read(text in names()) {
        let name: HostName = text.parse().map_err(|problem| TestCaseError::fail(format!("{text}: {problem}")))?;
        check(&name)?;
        prop_assert_eq!(name.as_str(), text.trim_end_matches('.').to_lowercase());
    }

    #[test]
    fn whatever_is_read_is_a_name(text in prop_oneof![any::<String>(), nearly_names()]) {
        if let Ok(name) = text.parse::<HostName>() {
            check(&name)?;
        }
    }

    #[test]
    fn one_more_label_lies_under_the_name_and_never_above(text in names(), label in "[a-z]{1,9}") {
        let name = host(&text);
        let below: HostName = format!("{label}.{name}").parse().unwrap();
        prop_assert!(below.is_under(&name) && name.is_under(&name) && !name.is_under(&below));
        let glued: HostName = format!("{label}{name}").parse().unwrap();
        prop_assert!(!glued.is_under(&name));
    }

    #[test]
    fn a_token_survives_being_written(bytes in any::<[u8; 16]>()) {
        let token = ProofToken::from_bytes(bytes);
        prop_assert_eq!(token.to_string().parse(), Ok(token.clone()));
        prop_assert_eq!(proves(&[proof_value(&token)], &token), ProofVerdict::Proven);
    }

    #[test]
    fn another_token_proves_nothing(bytes in any::<[u8; 16]>(), others in any::<[u8; 16]>()) {
        prop_assume!(bytes != others);
        let found = proof_value(&ProofToken::from_bytes(others));
        prop_assert_eq!(proves(std::slice::from_ref(&found), &ProofToken::from_bytes(bytes)), ProofVerdict::Different { found });
    }

    #[test]
    fn whatever_is_found_is_told_short_and_visible(texts in proptest::collection::vec(any::<String>(), 0..5)) {
        match proves(&texts, &token()) {
            ProofVerdict::Different { found } => {
                prop_assert!(found.chars().count() <= FOUND_LENGTH && !found.chars().any(char::is_control));
            }
            ProofVerdict::Missing => prop_assert!(texts.iter().all(|text| text.trim().is_empty())),
            ProofVerdict::Proven => prop_assert!(texts.iter().any(|text| text.trim() == proof_value(&token()))),
        }
    }

    #[test]
    fn a_proof_is_lost_exactly_when_it_was_gone_for_the_whole_grace(looks in proptest::collection::vec((0_i64..100, any::<bool>()), 1..30)) {
        let start = at("2026-01-01T00:00:00Z");
        let (mut now, mut since, mut gone) = (start, None, None);
        for (hours, found) in looks {
            now += Duration::hours(hours);
            let verdict = if found { ProofVerdict::Proven } else { ProofVerdict::Missing };
            let outcome = recheck(since, &verdict, now, GRACE);
            let first = gone.is_none();
            gone = if found { None } else { gone.or(Some(now)) };
            let lost = gone.is_some_and(|gone| !first && now - gone >= GRACE);
            prop_assert_eq!(matches!(outcome, Recheck::Lost { .. }), lost);
            since = outcome.missing_since();
            prop_assert_eq!(since, gone);
        }
    }
}
