use super::*;

/// A scenario without events, to which a test adds what it is about.
fn file(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut file = serde_json::json!({
        "as_of": "2026-06-15",
        "partner": { "billing": "provider", "contract_date": "2026-01-15" },
        "exams": [], "staff_decisions": [], "billing_changes": [], "usage": [], "requests": [],
        "clients": [{ "inn": "7707083893", "start_date": "2026-02-01", "resources": ["vm-0"], "trials": [] }],
    });
    change(&mut file);
    file.to_string()
}

fn error(change: impl FnOnce(&mut serde_json::Value)) -> String {
    Scenario::read(&file(change)).map(|_| ()).unwrap_err().to_string()
}

fn decisions(requests: serde_json::Value) -> Vec<Decision> {
    run(&Scenario::read(&file(|file| file["requests"] = requests)).unwrap()).decisions
}

fn allowed(requests: serde_json::Value) -> Vec<bool> {
    decisions(requests).into_iter().map(|decision| decision.allowed).collect()
}

#[test]
fn a_mistake_names_its_place_and_reason_on_one_line() {
    let cases: [(&str, String); 14] = [
        ("as_of: not a date of the calendar", error(|file| file["as_of"] = "2026-02-29".into())),
        ("as_of: lies before the end of 2026-06", error(|file| file["closed_through"] = "2026-06".into())),
        ("partner.billing: unknown variant", error(|file| file["partner"]["billing"] = "both".into())),
        ("scenario: missing field `exams`", error(|file| drop(file.as_object_mut().unwrap().remove("exams")))),
        ("surprise key: unknown field", error(|file| file["surprise\nkey"] = 1.into())),
        ("clients[0].inn: the check digits", error(|file| file["clients"][0]["inn"] = "7707083894".into())),
        (
            "clients[1].inn: the client is listed twice",
            error(|file| {
                let client = file["clients"][0].clone();
                file["clients"].as_array_mut().unwrap().push(client);
            }),
        ),
        (
            "clients[0].trials[0].end: lies before",
            error(|file| {
                file["clients"][0]["trials"] = serde_json::json!([{ "start": "2026-02-02", "end": "2026-02-01" }]);
            }),
        ),
        (
            "usage[0].gross: below zero",
            error(|file| {
                file["usage"] = serde_json::json!([{ "client": "7707083893", "service": "kvm", "resource": "vm-0", "month": "2026-02", "gross": "-1.00" }]);
            }),
        ),
        (
            "requests[0].at: not an instant",
            error(|file| {
                file["requests"] = serde_json::json!([{ "at": "2026-02-02T00:00:00", "kind": "bonus_codes", "faces": [1] }]);
            }),
        ),
        (
            "requests[0].faces[1]: invalid type",
            error(|file| {
                file["requests"] = serde_json::json!([{ "at": "2026-02-02T00:00:00Z", "kind": "bonus_codes", "faces": [1, 1.5] }]);
            }),
        ),
        (
            "requests[0].faces: missing",
            error(|file| {
                file["requests"] = serde_json::json!([{ "at": "2026-02-02T00:00:00Z", "kind": "bonus_codes" }]);
            }),
        ),
        (
            "requests[0].request: no earlier request",
            error(|file| {
                file["requests"] = serde_json::json!([{ "at": "2026-02-02T00:00:00Z", "kind": "withdraw", "request": 0 }]);
            }),
        ),
        ("terms.codes_per_request: out of its range", error(|file| file["terms"] = serde_json::json!({ "codes_per_request": 0 }))),
    ];
    for (beginning, error) in cases {
        assert!(error.starts_with(beginning) && !error.contains('\n'), "{error}");
    }
    assert!(Scenario::read("{").unwrap_err().to_string().contains("line 1"));
    assert!(Scenario::read(&(file(|_| {}) + "x")).unwrap_err().to_string().contains("trailing"));
}

#[test]
fn a_request_with_a_field_of_another_kind_is_a_mistake() {
    let error = error(|file| {
        file["requests"] = serde_json::json!([{ "at": "2026-02-02T00:00:00Z", "kind": "bonus_codes", "faces": [1], "month": "2026-03" }]);
    });
    assert_eq!(error, "requests[0].month: does not belong to this kind of request");
}

#[test]
fn a_withdrawal_gives_back_what_was_granted_once_and_nothing_otherwise() {
    let codes = |count: usize| serde_json::json!({ "at": "2026-02-02T00:00:00Z", "kind": "bonus_codes", "faces": vec![1; count] });
    let withdraw = |request| serde_json::json!({ "at": "2026-02-02T00:00:00Z", "kind": "withdraw", "request": request });
    let requests = serde_json::json!([codes(6), codes(5), withdraw(1), withdraw(0), withdraw(0), codes(10), withdraw(3), codes(1)]);
    assert_eq!(allowed(requests), [true, false, true, true, true, true, true, false]);
}

#[test]
fn a_bonus_month_counts_while_one_of_its_requests_is_live() {
    let at = "2026-02-02T00:00:00Z";
    let ask = |month| serde_json::json!({ "at": at, "kind": "free_month", "client": "7707083893", "month": month, "resources": ["vm-0"] });
    let withdraw = |request| serde_json::json!({ "at": at, "kind": "withdraw", "request": request });
    let requests = serde_json::json!([
        ask("2026-03"),
        ask("2026-03"),
        ask("2026-05"),
        withdraw(0),
        ask("2026-07"),
        ask("2026-03"),
        withdraw(1),
        ask("2026-07"),
        withdraw(5),
        ask("2026-07"),
    ]);
    assert_eq!(allowed(requests), [true, true, true, true, false, true, true, false, true, true]);
}

#[test]
fn a_decision_carries_the_facts_behind_it() {
    let decisions = decisions(serde_json::json!([{ "at": "2026-03-31T23:59:59+03:00", "kind": "bonus_codes", "faces": [30001] }]));
    let json = serde_json::to_value(&decisions[0]).unwrap();
    assert_eq!(json["rules"], serde_json::json!(["CODE-2"]));
    let expected = serde_json::json!([{
        "violation": "code_value_per_quarter", "quarter": "2026-Q1", "limit": 30000, "granted": 0, "pending": 0, "asked": 30001,
        "left": 30000, "resets_on": "2026-04-01", "possible_on": null,
    }]);
    assert_eq!(json["violations"], expected);
}
