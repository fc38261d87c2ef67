//! Every address of the portal as a function, so that a link and its page can't drift apart.

use std::fmt::Display;

use domain::accrual::SumOfRows;
use domain::request::RequestKind;
use domain::rule::Rule;

/// Sign-in page.
pub const SIGN_IN: &str = "/sign-in";
/// Where the sign-in form posts.
pub const API_SIGN_IN: &str = "/api/sign-in";
/// Where the sign-out button posts.
pub const API_SIGN_OUT: &str = "/api/sign-out";
/// Where a choice of language posts.
pub const API_LANGUAGE: &str = "/api/language";
/// Where a choice of appearance posts.
pub const API_THEME: &str = "/api/theme";
/// Leads to the viewer's own start page.
pub const START: &str = "/";
/// The rules of the programme, each under its id.
pub const RULES: &str = "/rules";

/// A partner's home.
pub const PARTNER_HOME: &str = "/partner";
/// A partner's level.
pub const PARTNER_LEVEL: &str = "/partner/level";
/// A partner's months ahead as it supposes them.
pub const PARTNER_WHAT_IF: &str = "/partner/what-if";
/// A partner's privileges.
pub const PARTNER_PRIVILEGES: &str = "/partner/privileges";
/// A partner's money.
pub const PARTNER_MONEY: &str = "/partner/money";
/// A statement typeset as PDF; takes `from` and `to`, months.
pub const STATEMENT_PDF: &str = "/partner/money/statement.pdf";
/// A statement as a spreadsheet.
pub const STATEMENT_XLSX: &str = "/partner/money/statement.xlsx";
/// A statement for programs.
pub const STATEMENT_CSV: &str = "/partner/money/statement.csv";
/// A partner's rebates.
pub const PARTNER_REBATES: &str = "/partner/rebates";
/// A partner's clients.
pub const PARTNER_CLIENTS: &str = "/partner/clients";
/// A form for a new client.
pub const PARTNER_CLIENT_NEW: &str = "/partner/clients/new";
/// Where a new client posts.
pub const API_CLIENT_ADD: &str = "/api/clients/add";
/// Where the choice of reward for a client posts.
pub const API_RATE_CHOOSE: &str = "/api/clients/rate";
/// Where a new trial posts.
pub const API_TRIAL_RECORD: &str = "/api/trials/record";
/// Where the last day of a trial posts.
pub const API_TRIAL_END: &str = "/api/trials/end";
/// A partner's bonus codes.
pub const PARTNER_BONUS_CODES: &str = "/partner/bonus-codes";
/// Free months, client by client.
pub const PARTNER_FREE_MONTHS: &str = "/partner/free-months";
/// Bonuses of the partner's sales managers.
pub const PARTNER_SALES_BONUSES: &str = "/partner/sales-bonuses";
/// Where a claim for a sales bonus posts.
pub const API_SALES_BONUS_SUBMIT: &str = "/api/sales-bonuses/submit";
/// Comments on news.
pub const PARTNER_TELEGRAM_COMMENTS: &str = "/partner/telegram-comments";
/// Where an answer to a news item posts.
pub const API_COMMENT_ANSWER: &str = "/api/telegram-comments/answer";
/// Where the choice of topics posts.
pub const API_COMMENT_TOPICS: &str = "/api/telegram-comments/topics";
/// A partner's case studies.
pub const PARTNER_CASES: &str = "/partner/cases";
/// A form for a new case.
pub const PARTNER_CASE_NEW: &str = "/partner/cases/new";
/// Where the form of a case posts, whatever its button.
pub const API_CASE_SAVE: &str = "/api/cases/save";
/// Where a request is saved while its form is written.
pub const API_REQUEST_AUTOSAVE: &str = "/api/requests/autosave";
/// Where taking a request back to go on writing posts.
pub const API_REQUEST_RECALL: &str = "/api/requests/recall";
/// Where taking up a refused or withdrawn request again posts.
pub const API_REQUEST_REVISE: &str = "/api/requests/revise";
/// Where the choice between text and interview posts.
pub const API_REQUEST_PREPARE: &str = "/api/requests/prepare";
/// Where the choice of a time for an interview posts.
pub const API_REQUEST_SLOT: &str = "/api/requests/slot";
/// Where the answer to a text posts.
pub const API_REQUEST_TEXT_ANSWER: &str = "/api/requests/text-answer";
/// The time of an interview for a calendar: a file and no page.
pub const INTERVIEW_FILE: &str = "/partner/requests/{reference}/interview.ics";
/// The same of the staff's inbox.
pub const STAFF_INTERVIEW_FILE: &str = "/staff/inbox/{reference}/interview.ics";
/// A partner's requests of all kinds.
pub const PARTNER_REQUESTS: &str = "/partner/requests";
/// Where the form for bonus codes posts.
pub const API_BONUS_CODES_SUBMIT: &str = "/api/bonus-codes/submit";
/// Where the form for a free month posts.
pub const API_FREE_MONTH_SUBMIT: &str = "/api/free-months/submit";
/// Everything the portal told a partner.
pub const PARTNER_NOTICES: &str = "/partner/notices";
/// Where the button that marks notices as read posts.
pub const API_NOTICES_READ: &str = "/api/notices/read";
/// Where the switch of e-mails posts.
pub const API_NOTICES_BY_EMAIL: &str = "/api/notices/by-email";
/// The partner's brand.
pub const PARTNER_BRAND: &str = "/partner/brand";
/// How a page would look under the draft of the brand.
pub const PARTNER_BRAND_PREVIEW: &str = "/partner/brand/preview";
/// The style sheet of the draft.
pub const BRAND_DRAFT_SHEET: &str = "/partner/brand/draft.css";
/// Where a picture of the brand is uploaded: no server function, for its body is a file.
pub const BRAND_PICTURE_UPLOAD: &str = "/partner/brand/pictures";
/// The style sheet of a published brand, and its pictures: for everybody, as the sign-in page is.
pub const BRAND_STYLE_SHEET: &str = "/brand/{partner}/{sheet}";
/// A picture of a brand.
pub const BRAND_PICTURE: &str = "/brand/{partner}/pictures/{picture}";
/// Where the form of the brand posts.
pub const API_BRAND_SAVE: &str = "/api/brand/save";
/// Where a picture of the brand is taken away.
pub const API_BRAND_PICTURE_REMOVE: &str = "/api/brand/pictures/remove";
/// Where an older version of the brand is brought back, or the brand is taken off.
pub const API_BRAND_VERSION: &str = "/api/brand/version";
/// Where a name for the portal is added.
pub const API_HOST_ADD: &str = "/api/hosts/add";
/// Where a name for the portal is looked for in DNS, or given up.
pub const API_HOST_CHECK: &str = "/api/hosts/check";
/// Where staff take a name back.
pub const API_HOST_REVOKE: &str = "/api/hosts/revoke";
/// Where a server of certificates asks whether a name is a partner's: `?domain=portal.partner.ru`.
pub const HOST_QUESTION: &str = "/hosts/ask";
/// Where the button that takes a request back posts.
pub const API_REQUEST_WITHDRAW: &str = "/api/requests/withdraw";

/// Where files for a request are uploaded: no server function, for its body is large.
pub const REQUEST_FILES_UPLOAD: &str = "/partner/requests/{reference}/files";
/// A file of a request, to save: a file and no page.
pub const REQUEST_FILE: &str = "/files/{file}";
/// The small copy of a picture: a file and no page.
pub const REQUEST_FILE_PREVIEW: &str = "/files/{file}/preview";
/// Where taking a file of a request away posts.
pub const API_REQUEST_FILE_REMOVE: &str = "/api/requests/files/remove";

/// What waits for the staff.
pub const STAFF_INBOX: &str = "/staff/inbox";
/// How long decisions take.
pub const STAFF_REQUEST_REPORT: &str = "/staff/inbox/report";
/// All partners.
pub const STAFF_PARTNERS: &str = "/staff/partners";
/// Billing files.
pub const STAFF_USAGE: &str = "/staff/usage";
/// Closing of months.
pub const STAFF_MONTHS: &str = "/staff/months";
/// Facts that would change levels of days already past.
pub const STAFF_LATE_FACTS: &str = "/staff/late-facts";
/// Where a decision on such a fact posts.
pub const API_LATE_FACT_DECIDE: &str = "/api/late-facts/decide";
/// News for comments.
pub const STAFF_NEWS: &str = "/staff/news";
/// Names under which partners' portals are reached.
pub const STAFF_HOSTS: &str = "/staff/hosts";
/// A form for another news item.
pub const STAFF_NEWS_NEW: &str = "/staff/news/new";
/// Where a news item is checked or posted.
pub const API_NEWS_POST: &str = "/api/news/post";
/// The ledger of all partners.
pub const STAFF_LEDGER: &str = "/staff/ledger";
/// The question before everything that a filter shows is approved.
pub const STAFF_LEDGER_APPROVAL: &str = "/staff/ledger/approval";
/// What became of the entries of an approval.
pub const STAFF_LEDGER_APPROVED: &str = "/staff/ledger/approved";
/// Where an approval of chosen entries posts.
pub const API_LEDGER_APPROVE: &str = "/api/ledger/approve";
/// Where an approval of all entries that a filter shows posts.
pub const API_LEDGER_APPROVE_ALL: &str = "/api/ledger/approve-all";
/// Where taking an entry back posts.
pub const API_LEDGER_REVERSE: &str = "/api/ledger/reverse";
/// Settlement runs.
pub const STAFF_SETTLEMENTS: &str = "/staff/settlements";
/// What a run would hold (`?settlement=bank`).
pub const STAFF_SETTLEMENT_NEW: &str = "/staff/settlements/new";
/// Who pays, and above which amount a second person settles.
pub const STAFF_SETTLEMENT_SETTINGS: &str = "/staff/settlements/settings";
/// The registry of a run for the bank's client: a file and no page.
pub const SETTLEMENT_REGISTRY_TEXT: &str = "/staff/settlements/{reference}/registry.txt";
/// The registry of a run for people: a file and no page.
pub const SETTLEMENT_REGISTRY_CSV: &str = "/staff/settlements/{reference}/registry.csv";
/// Where making a run posts.
pub const API_SETTLEMENT_MAKE: &str = "/api/settlements/make";
/// Where recording that a run was carried out posts.
pub const API_SETTLEMENT_SETTLE: &str = "/api/settlements/settle";
/// Where giving a run up posts.
pub const API_SETTLEMENT_DROP: &str = "/api/settlements/drop";
/// Where the settings of settlement post.
pub const API_SETTLEMENT_SETTINGS: &str = "/api/settlements/settings";
/// Adjustments of the ledger by hand.
pub const STAFF_ADJUSTMENTS: &str = "/staff/adjustments";
/// Where a proposed adjustment posts.
pub const API_ADJUSTMENT_PROPOSE: &str = "/api/adjustments/propose";
/// Where the decision on an adjustment posts.
pub const API_ADJUSTMENT_DECIDE: &str = "/api/adjustments/decide";
/// Where a partner's bank account posts.
pub const API_BANK_ACCOUNT_EDIT: &str = "/api/partners/bank-account";
/// Bonus codes: redeem and revoke.
pub const STAFF_CODES: &str = "/staff/codes";
/// Versions of the terms.
pub const STAFF_TERMS: &str = "/staff/terms";
/// A form for new terms, and what they would have changed.
pub const STAFF_TERMS_NEW: &str = "/staff/terms/new";
/// Where new terms are tried out or published.
pub const API_TERMS_PUBLISH: &str = "/api/terms/publish";
/// The audit record.
pub const STAFF_AUDIT: &str = "/staff/audit";

/// Where a message about a request posts.
pub const API_REQUEST_COMMENT: &str = "/api/requests/comment";
/// Where corrected fields post.
pub const API_REQUEST_ANSWER: &str = "/api/requests/answer";
/// Where a note of staff posts.
pub const API_REQUEST_NOTE: &str = "/api/requests/note";
/// Where taking a request into review posts.
pub const API_REQUEST_TAKE: &str = "/api/requests/take";
/// Where putting a request back into the queue posts.
pub const API_REQUEST_RELEASE: &str = "/api/requests/release";
/// Where giving a request to a reviewer posts.
pub const API_REQUEST_ASSIGN: &str = "/api/requests/assign";
/// Where asking for corrections posts.
pub const API_REQUEST_ASK: &str = "/api/requests/ask";
/// Where opening a decided request again posts.
pub const API_REQUEST_REOPEN: &str = "/api/requests/reopen";
/// Where giving up an approved request posts.
pub const API_REQUEST_CANCEL: &str = "/api/requests/cancel";
/// Where recording that a request is carried out posts.
pub const API_REQUEST_FULFIL: &str = "/api/requests/fulfil";
/// Where the bonus of a comment posts.
pub const API_REQUEST_BONUS: &str = "/api/requests/bonus";
/// Where one gesture for several requests posts.
pub const API_REQUESTS_BULK: &str = "/api/requests/bulk";
/// Where times for an interview are offered.
pub const API_SLOTS_OFFER: &str = "/api/requests/slots-offer";
/// Where recording that an interview was held posts.
pub const API_INTERVIEW_RECORD: &str = "/api/requests/interview";
/// Where a version of a text posts.
pub const API_TEXT_EDIT: &str = "/api/requests/text";
/// Where putting a text before the partner posts.
pub const API_TEXT_OFFER: &str = "/api/requests/text-offer";
/// Where recording a publication posts.
pub const API_PUBLISH: &str = "/api/requests/publish";
/// Where the staff's approval posts.
pub const API_REQUEST_APPROVE: &str = "/api/requests/approve";
/// Where the staff's refusal posts.
pub const API_REQUEST_REFUSE: &str = "/api/requests/refuse";

/// Where a passed exam posts.
pub const API_EXAM_RECORD: &str = "/api/partners/exam";
/// Where a decision on a level posts.
pub const API_LEVEL_DECIDE: &str = "/api/partners/level";

/// Where a checked billing file is committed.
pub const API_USAGE_COMMIT: &str = "/api/usage/commit";
/// Where a checked billing file is discarded.
pub const API_USAGE_DISCARD: &str = "/api/usage/discard";
/// Where a billing file is uploaded: no server function, for its body is large.
pub const USAGE_UPLOAD: &str = "/staff/usage/upload";
/// Where closing a month posts.
pub const API_MONTH_CLOSE: &str = "/api/months/close";
/// Where a code is looked for.
pub const API_CODE_FIND: &str = "/api/codes/find";
/// Where redeeming a code posts.
pub const API_CODE_REDEEM: &str = "/api/codes/redeem";
/// Where revoking a code posts.
pub const API_CODE_REVOKE: &str = "/api/codes/revoke";

/// Sign-in that leads back to a page of the portal afterwards.
pub fn sign_in_then(next: &str) -> String {
    with_query(SIGN_IN, &[("next", next)])
}

/// The sentence of a rule on the rules page.
pub fn rule(rule: Rule) -> String {
    format!("{RULES}#{rule}")
}

/// An entry of the partner's ledger.
pub fn partner_money_entry(entry: impl Display) -> String {
    format!("{PARTNER_MONEY}/{entry}")
}

/// The rows behind a sum of the partner that is no entry.
pub fn partner_money_sum(sum: SumOfRows) -> String {
    match sum {
        SumOfRows::Base(rule, period) => format!("{PARTNER_MONEY}/rows/{rule}/{period}"),
        SumOfRows::Saved(month) => format!("{PARTNER_MONEY}/saved/{month}"),
    }
}

/// A client of the partner.
pub fn partner_client(client: impl Display) -> String {
    format!("{PARTNER_CLIENTS}/{client}")
}

/// The free months of a client.
pub fn partner_free_months(client: impl Display) -> String {
    format!("{PARTNER_FREE_MONTHS}/{client}")
}

/// In the address of a form: the request that it takes up again.
pub const AGAIN: &str = "again";

/// A form that holds everything that was entered in an earlier request.
pub fn asked_again(form: &str, reference: impl Display) -> String {
    with_query(form, &[(AGAIN, &reference.to_string())])
}

/// A request by its reference, `BC-2026-000123`; a case has pages of its own.
pub fn partner_request(reference: impl Display) -> String {
    let reference = reference.to_string();
    let pages = if reference.starts_with(RequestKind::CaseStudy.prefix()) { PARTNER_CASES } else { PARTNER_REQUESTS };
    format!("{pages}/{reference}")
}

/// The time of a partner's interview for a calendar.
pub fn interview_file(reference: impl Display) -> String {
    format!("{PARTNER_REQUESTS}/{reference}/interview.ics")
}

/// The same for staff.
pub fn staff_interview_file(reference: impl Display) -> String {
    format!("{STAFF_INBOX}/{reference}/interview.ics")
}

/// Where files for a request are uploaded.
pub fn request_files_upload(reference: impl Display) -> String {
    format!("{PARTNER_REQUESTS}/{reference}/files")
}

/// Whether files for a request are uploaded here.
pub fn is_request_files_upload(path: &str) -> bool {
    let reference = path.strip_prefix(PARTNER_REQUESTS).and_then(|rest| rest.strip_prefix('/')?.strip_suffix("/files"));
    reference.is_some_and(|reference| !reference.is_empty() && !reference.contains('/'))
}

/// A file of a request, to save.
pub fn request_file(file: impl Display) -> String {
    format!("/files/{file}")
}

/// The small copy of a picture.
pub fn request_file_preview(file: impl Display) -> String {
    format!("/files/{file}/preview")
}

/// A notice: counts as read once opened, and leads to what it is about.
pub fn partner_notice(notice: impl Display) -> String {
    format!("{PARTNER_NOTICES}/{notice}")
}

/// The style sheet of a published version of a brand, with a mark of what it says. What stands there never changes.
pub fn brand_style_sheet(partner: impl Display, number: i32, mark: &str) -> String {
    format!("/brand/{partner}/{number}.css?{mark}")
}

/// A picture of a brand, by the hash of what it holds.
pub fn brand_picture(partner: impl Display, content_hash: &str) -> String {
    format!("/brand/{partner}/pictures/{content_hash}.png")
}

/// The style sheet of the draft as it stands at a version: another address after every change.
pub fn brand_draft_sheet(version: i32) -> String {
    format!("{BRAND_DRAFT_SHEET}?version={version}")
}

/// The preview of the draft in a theme.
pub fn brand_preview(theme: &str, version: i32) -> String {
    format!("{PARTNER_BRAND_PREVIEW}?theme={theme}&version={version}")
}

/// The same elements without the brand: what is seen from the day on which it is switched off.
pub fn brand_preview_without() -> String {
    with_query(PARTNER_BRAND_PREVIEW, &[("brand", "none")])
}

/// A request in the staff's inbox.
pub fn staff_request(reference: impl Display) -> String {
    format!("{STAFF_INBOX}/{reference}")
}

/// A partner as the staff see it.
pub fn staff_partner(partner: impl Display) -> String {
    format!("{STAFF_PARTNERS}/{partner}")
}

/// An import of a billing file.
pub fn staff_import(import: impl Display) -> String {
    format!("{STAFF_USAGE}/{import}")
}

/// A fact that would change levels of days already past.
pub fn staff_late_fact(fact: impl Display) -> String {
    format!("{STAFF_LATE_FACTS}/{fact}")
}

/// An entry of the ledger.
pub fn staff_ledger_entry(entry: impl Display) -> String {
    format!("{STAFF_LEDGER}/{entry}")
}

/// A settlement run by its reference, `SR-2026-000001`.
pub fn staff_settlement(reference: impl Display) -> String {
    format!("{STAFF_SETTLEMENTS}/{reference}")
}

/// The registry of a run as a file, `txt` or `csv`.
pub fn staff_settlement_registry(reference: impl Display, format: &str) -> String {
    format!("{STAFF_SETTLEMENTS}/{reference}/registry.{format}")
}

/// Where a partner is paid.
pub fn staff_bank_account(partner: impl Display) -> String {
    format!("{STAFF_PARTNERS}/{partner}/bank-account")
}

/// A path with a query; empty values are left out.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut separator = if path.contains('?') { '&' } else { '?' };
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(separator);
        push_encoded(&mut address, name);
        address.push('=');
        push_encoded(&mut address, value);
        separator = '&';
    }
    address
}

/// The address, if it is one of this portal's own pages: a path from the root, on no other host and with no control characters.
pub fn local(address: &str) -> Option<&str> {
    let rest = address.strip_prefix('/')?;
    let elsewhere = rest.starts_with(['/', '\\']) || address.contains('\\') || address.chars().any(|c| c.is_control() || !c.is_ascii());
    (!elsewhere).then_some(address)
}

fn push_encoded(address: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            address.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            address.push('%');
            address.push(char::from(HEX[usize::from(byte >> 4)]));
            address.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_and_leaves_out_what_is_empty() {
        assert_eq!(with_query("/staff/inbox", &[("kind", "bonus codes"), ("page", "")]), "/staff/inbox?kind=bonus%20codes");
        assert_eq!(with_query("/a?x=1", &[("q", "ООО&=#")]), "/a?x=1&q=%D0%9E%D0%9E%D0%9E%26%3D%23");
    }

    #[test]
    fn only_a_page_of_the_portal_is_an_address_to_return_to() {
        assert_eq!(local("/partner/clients?page=2"), Some("/partner/clients?page=2"));
        for foreign in [
            "",
            "partner",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/a\\b",
        ] {
            assert_eq!(local(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn files_are_uploaded_below_their_request_and_nowhere_else() {
        assert!(is_request_files_upload(&request_files_upload("SB-2026-000001")));
        for other in
            ["/partner/requests/files", "/partner/requests//files", "/partner/requests/a/b/files", "/partner/requests/a", "/x/a/files"]
        {
            assert!(!is_request_files_upload(other), "{other}");
        }
    }

    #[test]
    fn a_rule_is_an_anchor_of_the_rules_page() {
        assert_eq!(rule(Rule::Code1), "/rules#CODE-1");
    }
}
