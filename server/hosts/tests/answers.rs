//! What a lookup finds at a real server of DNS on this machine.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::ResponseCode;
use hosts::{DnsLookup, LookupError, MOST_CHARACTERS, MOST_RECORDS, ProofLookup, SettingsError};
use tokio::net::UdpSocket;
use tokio::time::Instant;

mod support;

use support::TestServer;

/// As `domain::custom_host` asks for it: without a dot at its end.
const NAME: &str = "_portal-proof.portal.partner.test";
const HOLDER: &str = "_portal-proof.portal.partner.test.";
const PROOF: &str = "portal-proof=0123456789abcdef0123456789abcdef";

fn asking(servers: &[SocketAddr]) -> DnsLookup {
    DnsLookup::to(servers).expect("settings that can be used")
}

async fn found(server: &TestServer) -> Result<Vec<String>, LookupError> {
    asking(&[server.address]).text_records(NAME).await
}

#[tokio::test]
async fn the_right_record_is_found_with_one_question() {
    let server = TestServer::start().await;
    server.says(HOLDER, &[PROOF]).await;
    assert_eq!(found(&server).await, Ok(vec![PROOF.to_owned()]));
    assert_eq!(server.questions(), [(HOLDER.to_owned(), Protocol::Udp)]);
}

#[tokio::test]
async fn a_dot_at_the_end_and_large_letters_make_no_difference() {
    let server = TestServer::start().await;
    server.says(HOLDER, &[PROOF]).await;
    let lookup = asking(&[server.address]);
    for name in [HOLDER, "_Portal-Proof.PORTAL.partner.test"] {
        assert_eq!(lookup.text_records(name).await, Ok(vec![PROOF.to_owned()]), "{name}");
    }
}

#[tokio::test]
async fn another_text_is_handed_over_as_it_is() {
    let server = TestServer::start().await;
    server.says(HOLDER, &["portal-proof=of somebody else"]).await;
    assert_eq!(found(&server).await, Ok(vec!["portal-proof=of somebody else".to_owned()]));
}

#[tokio::test]
async fn all_of_several_records_are_found() {
    let server = TestServer::start().await;
    let records = ["v=spf1 -all", PROOF, "portal-proof=old"];
    for record in records {
        server.says(HOLDER, &[record]).await;
    }
    let mut found = found(&server).await.expect("an answer");
    found.sort();
    assert_eq!(found, ["portal-proof=0123456789abcdef0123456789abcdef", "portal-proof=old", "v=spf1 -all"]);
}

#[tokio::test]
async fn a_record_of_several_strings_is_one_text() {
    let server = TestServer::start().await;
    let (start, end) = PROOF.split_at(20);
    server.says(HOLDER, &[start, end]).await;
    assert_eq!(found(&server).await, Ok(vec![PROOF.to_owned()]));
}

#[tokio::test]
async fn a_long_record_is_cut() {
    let server = TestServer::start().await;
    server.says(HOLDER, &["x".repeat(250).as_str(); 4]).await;
    assert_eq!(found(&server).await, Ok(vec!["x".repeat(MOST_CHARACTERS)]));
}

#[tokio::test]
async fn where_there_is_no_such_name_there_are_no_records() {
    let server = TestServer::start().await;
    assert_eq!(found(&server).await, Ok(Vec::new()));
    assert_eq!(server.questions().len(), 1, "an answer that there is none is an answer: nobody asks again");
}

#[tokio::test]
async fn where_the_name_has_only_names_below_it_there_are_no_records() {
    let server = TestServer::start().await;
    server.says("below._portal-proof.portal.partner.test.", &[PROOF]).await;
    assert_eq!(found(&server).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_record_one_label_up_or_down_is_not_taken() {
    let server = TestServer::start().await;
    server.says("portal.partner.test.", &[PROOF]).await;
    server.says("_portal-proof.partner.test.", &[PROOF]).await;
    server.says("_portal-proof.other.portal.partner.test.", &[PROOF]).await;
    assert_eq!(found(&server).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_name_that_leads_to_the_holder_of_the_record_is_followed() {
    let server = TestServer::start().await;
    server.leads(HOLDER, "proofs.partner.test.").await;
    server.says("proofs.partner.test.", &[PROOF]).await;
    assert_eq!(found(&server).await, Ok(vec![PROOF.to_owned()]));
}

#[tokio::test]
async fn a_name_that_leads_into_another_zone_is_followed() {
    let server = TestServer::start().await;
    server.leads(HOLDER, "middle.holder.test.").await;
    server.leads("middle.holder.test.", "end.holder.test.").await;
    server.says("end.holder.test.", &[PROOF]).await;
    assert_eq!(found(&server).await, Ok(vec![PROOF.to_owned()]));
}

#[tokio::test]
async fn a_name_that_leads_nowhere_has_no_records() {
    let server = TestServer::start().await;
    server.leads(HOLDER, "nobody.holder.test.").await;
    assert_eq!(found(&server).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_circle_of_names_ends_without_records() {
    let server = TestServer::start().await;
    server.leads(HOLDER, "other.holder.test.").await;
    server.leads("other.holder.test.", HOLDER).await;
    let found = tokio::time::timeout(DnsLookup::LONGEST, found(&server)).await.expect("it ends");
    assert_eq!(found, Ok(Vec::new()));
}

#[tokio::test]
async fn the_failure_of_a_server_is_not_an_absent_record() {
    for (code, error) in [
        (ResponseCode::ServFail, LookupError::ServerFailed),
        (ResponseCode::Refused, LookupError::Refused),
        (ResponseCode::NotImp, LookupError::Refused),
        (ResponseCode::FormErr, LookupError::BadAnswer),
    ] {
        let server = TestServer::answering(code).await;
        assert_eq!(found(&server).await, Err(error), "{code}");
        assert_eq!(server.questions().len(), usize::from(DnsLookup::ATTEMPTS), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_never_answers_is_given_up_in_time() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let lookup = asking(&[silent.local_addr().expect("an address")]);
    let start = Instant::now();
    assert_eq!(lookup.text_records(NAME).await, Err(LookupError::TimedOut));
    let took = start.elapsed();
    assert!(took >= DnsLookup::PATIENCE * u32::from(DnsLookup::ATTEMPTS), "{took:?}");
    assert!(took < DnsLookup::LONGEST + Duration::from_millis(50), "{took:?}");
}

#[tokio::test]
async fn a_second_server_answers_where_the_first_is_silent() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let server = TestServer::start().await;
    server.says(HOLDER, &[PROOF]).await;
    let lookup = asking(&[silent.local_addr().expect("an address"), server.address]);
    assert_eq!(lookup.text_records(NAME).await, Ok(vec![PROOF.to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_long_way_over_slow_servers_is_given_up_in_time() {
    let server = TestServer::slow(Duration::from_secs(2)).await;
    server.leads(HOLDER, "1.holder.test.").await;
    for (from, to) in [("1.holder", "2.partner"), ("2.partner", "3.holder"), ("3.holder", "4.partner")] {
        server.leads(&format!("{from}.test."), &format!("{to}.test.")).await;
    }
    server.says("4.partner.test.", &[PROOF]).await;
    let start = Instant::now();
    assert_eq!(found(&server).await, Err(LookupError::TimedOut));
    assert_eq!(start.elapsed().as_secs(), DnsLookup::LONGEST.as_secs());
}

#[tokio::test(start_paused = true)]
async fn nobody_listening_is_an_error() {
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = port.local_addr().expect("an address");
    drop(port);
    assert_eq!(asking(&[address]).text_records(NAME).await, Err(LookupError::TimedOut));
}

/// More than goes into an answer over UDP.
async fn says_much(server: &TestServer) {
    for record in 0..10 {
        server.says(HOLDER, &["x".repeat(200).as_str(), record.to_string().as_str()]).await;
    }
    server.says(HOLDER, &[PROOF]).await;
}

#[tokio::test]
async fn an_answer_too_long_for_udp_is_asked_for_over_tcp() {
    let server = TestServer::start().await;
    says_much(&server).await;
    let found = found(&server).await.expect("an answer");
    assert_eq!(found.len(), 11);
    assert!(found.contains(&PROOF.to_owned()));
    assert_eq!(server.questions(), [(HOLDER.to_owned(), Protocol::Udp), (HOLDER.to_owned(), Protocol::Tcp)]);
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let server = TestServer::without_tcp().await;
    says_much(&server).await;
    assert_eq!(found(&server).await, Err(LookupError::BadAnswer));
}

#[tokio::test]
async fn of_very_many_records_only_the_first_are_read() {
    let server = TestServer::start().await;
    for record in 0..3 * MOST_RECORDS {
        server.says(HOLDER, &[record.to_string().as_str()]).await;
    }
    assert_eq!(found(&server).await.expect("an answer").len(), MOST_RECORDS);
}

#[tokio::test]
async fn a_record_is_seen_as_soon_as_it_is_there() {
    let server = TestServer::start().await;
    let lookup = asking(&[server.address]);
    assert_eq!(lookup.text_records(NAME).await, Ok(Vec::new()));
    server.says(HOLDER, &["portal-proof=wrong"]).await;
    assert_eq!(lookup.text_records(NAME).await, Ok(vec!["portal-proof=wrong".to_owned()]));
    server.says(HOLDER, &[PROOF]).await;
    assert_eq!(lookup.text_records(NAME).await.expect("an answer").len(), 2);
    assert_eq!(server.questions().len(), 3);
}

#[tokio::test]
async fn what_is_no_name_is_asked_of_nobody() {
    let server = TestServer::start().await;
    let lookup = asking(&[server.address]);
    let long = format!("{}.test", "x".repeat(64));
    let longer = ["x".repeat(50).as_str(); 6].join(".");
    for name in ["", ".", "..", "a..test", "a b.test", "a\r\n.test", "a\\046b.test", "портал.test", "*.test", "a/b.test", &long, &longer]
    {
        assert_eq!(lookup.text_records(name).await, Err(LookupError::NotAName), "{name:?}");
    }
    assert!(server.questions().is_empty());
}

#[tokio::test]
async fn without_servers_there_is_no_lookup() {
    assert!(matches!(DnsLookup::to(&[]), Err(SettingsError::NoServer)));
}

#[tokio::test]
async fn who_is_asked_is_readable_in_a_log() {
    let address: SocketAddr = "127.0.0.1:5300".parse().expect("an address");
    assert_eq!(format!("{:?}", asking(&[address])), "DnsLookup { servers: [127.0.0.1:5300], .. }");
}
