//! Who gets what by every address of the portal, and that a partner finds nothing of another's.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use app::server_functions;
use axum::body::Body;
use domain::case_study::Brief;
use domain::editorial::Slot;
use domain::free_month::Ask;
use domain::ids::{
    ClientId, CustomHostId, LateFactId, LedgerAdjustmentId, LedgerEntryId, PartnerId, RequestFileId, TrialId, UsageImportId,
};
use domain::permission::{Role, may};
use domain::request::RequestKind;
use http::Method;
use http::header::CONTENT_TYPE;
use leptos_axum::generate_route_list;
use service::bonus_codes::AskedCode;
use service::late_facts::LateFactSubject;
use service::trials::TrialFields;
use service::{Actor, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestApp, TestPartner, date, month};
use crate::support::{Browser, TestPortal};

/// What belongs to one partner, each under the name that addresses know it by.
pub struct Belongings {
    partner: PartnerId,
    /// A client with usage.
    pub client: ClientId,
    client_inn: String,
    codes_request: String,
    month_request: String,
    comment_request: String,
    /// A case at its interview, the time picked.
    case_request: String,
    /// A case that is being written.
    case_draft: String,
    code: String,
    trial: TrialId,
    /// An import that waits.
    pub import: UsageImportId,
    late_fact: LateFactId,
    entry: LedgerEntryId,
    /// What it has in the ledger.
    pub ledger: LedgerBelongings,
    notice: i64,
    /// A claim with a file.
    claim: String,
    file: RequestFileId,
    /// A name of its portal that waits for its proof.
    host: CustomHostId,
}

const SECRET: &str = "Тайный клиент";

impl Belongings {
    /// One of each, made as people make them.
    pub async fn make(app: &TestApp, partner: &TestPartner, reviewer: &Viewer, admin: &Viewer) -> Self {
        let services = &app.services;
        let client = app.create_client(partner, SECRET).await;
        app.create_virtual_machines(partner, client, &["vm-secret"]).await;
        app.load_usage(partner, client, "2026-10", "kvm", 700).await;
        let ask_codes = async |note: &str| {
            let asked = AskedCode { face: 500, note: Some(note.to_owned()), client_id: Some(client) };
            services.bonus_codes_submit(&partner.viewer, vec![asked], Uuid::new_v4()).await.expect("a request")
        };
        let approved = ask_codes("approved").await;
        services.request_approve(reviewer, &approved).await.expect("approved");
        let codes_request = ask_codes("waits").await;
        let ask = Ask { month: month("2026-11"), resources: vec!["vm-secret".to_owned()] };
        let month_request = services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
        let comment_request = app.ask_for_comment(partner, reviewer).await;
        let case_draft = draft_case(app, partner).await;
        let case_request = interview(app, partner, reviewer).await;
        let fields = TrialFields { services: vec!["kvm".to_owned()], start: "2026-10-01".to_owned() };
        let trial_client = app.create_client(partner, "Клиент с пробным периодом").await;
        let trial = services.trial_record(&partner.viewer, trial_client, &fields).await.expect("a trial");
        let mut owner = app.owner().await;
        let client_inn: String =
            sqlx::query_scalar("select inn from clients where id = $1").bind(client.0).fetch_one(&mut owner).await.expect("an INN");
        let code = sqlx::query_scalar("select code from bonus_codes").fetch_one(&mut owner).await.expect("a code");
        let file = format!(
            "partner;client_inn;client_name;service;resource;month;gross\n{};{client_inn};{SECRET};kvm;vm-secret;2026-09;100\n",
            partner.code
        );
        let import = services.usage_preview(Actor::Person(reviewer), "сентябрь.csv", std::io::Cursor::new(file), false).await;
        let import = import.expect("a preview").import.id;
        let late_fact = LateFactId(Uuid::new_v4());
        store::late_facts::insert(
            &mut owner,
            late_fact,
            partner.id,
            LateFactSubject::Exam { passed_on: date("2026-09-02") },
            &serde_json::json!([]),
            &serde_json::json!([]),
            None,
            services.now(),
        )
        .await
        .expect("a late fact");
        let entry = app.add_entry(partner, "1234.50").await;
        let ledger = LedgerBelongings::make(app, partner, (reviewer, admin)).await;
        let notices = services.notices_page(&partner.viewer, false, None).await.expect("notices").lines;
        let notice = notices.last().expect("the decision on a request").id;
        let claim = app.create_claim(partner, client).await;
        let file = app.attach(&partner.viewer, &claim, "тайна.txt", SECRET.as_bytes()).await.expect("a file");
        services.request_withdraw(&partner.viewer, &claim).await.expect("withdrawn");
        let host = CustomHostId(Uuid::new_v4());
        sqlx::query(
            "insert into custom_hosts (id, partner_id, host, token, status, added_by, added_at) \
             values ($1, $2, 'portal.secret.example', '0123456789abcdef0123456789abcdef', 'waiting', $3, $4)",
        )
        .bind(host.0)
        .bind(partner.id.0)
        .bind(partner.viewer.user_id.0)
        .bind(services.now())
        .execute(&mut owner)
        .await
        .expect("a name");
        Self {
            partner: partner.id,
            client,
            client_inn,
            codes_request,
            month_request,
            comment_request,
            case_request,
            case_draft,
            code,
            trial,
            import,
            late_fact,
            entry,
            ledger,
            notice,
            claim,
            file,
            host,
        }
    }

    /// The same names, of nothing that exists.
    pub fn of_nobody() -> Self {
        Self {
            partner: PartnerId(Uuid::from_u128(1)),
            client: ClientId(Uuid::from_u128(2)),
            client_inn: "7707083893".to_owned(),
            codes_request: "BC-2026-000999".to_owned(),
            month_request: "FM-2026-000999".to_owned(),
            comment_request: "TC-2026-000999".to_owned(),
            case_request: "CS-2026-000999".to_owned(),
            case_draft: "CS-2026-000998".to_owned(),
            code: String::new(),
            trial: TrialId(Uuid::from_u128(3)),
            import: UsageImportId(Uuid::from_u128(4)),
            late_fact: LateFactId(Uuid::from_u128(5)),
            entry: LedgerEntryId(Uuid::from_u128(6)),
            ledger: LedgerBelongings {
                entry: LedgerEntryId(Uuid::from_u128(8)),
                adjustment: LedgerAdjustmentId(Uuid::from_u128(7)),
                run: "SR-2026-000999".to_owned(),
            },
            notice: 999,
            claim: "SB-2026-000999".to_owned(),
            file: RequestFileId(Uuid::from_u128(9)),
            host: CustomHostId(Uuid::from_u128(10)),
        }
    }

    /// The case that is being written.
    pub fn draft(&self) -> &str {
        &self.case_draft
    }

    /// The request for a comment, not answered yet.
    pub fn comment(&self) -> &str {
        &self.comment_request
    }

    /// Addresses of a page for its pattern in the route table.
    pub fn addresses(&self, pattern: &str) -> Vec<String> {
        let fill = |name: &str, value: &dyn std::fmt::Display| vec![pattern.replace(name, &value.to_string())];
        match pattern {
            "/partner/clients/{id}" => fill("{id}", &self.client),
            "/partner/money/{entry}" => fill("{entry}", &self.entry),
            "/partner/money/rows/{rule}/{period}" => vec![format!("/partner/money/rows/RATE-4/2026-10?client={}", self.client)],
            "/partner/money/saved/{month}" => vec![format!("/partner/money/saved/2026-09?client={}", self.client)],
            "/partner/free-months/{client}" => fill("{client}", &self.client),
            "/staff/partners/{id}" | "/staff/partners/{id}/bank-account" => fill("{id}", &self.partner),
            "/staff/ledger/{entry}" => fill("{entry}", &self.ledger.entry),
            "/staff/settlements/{reference}" => fill("{reference}", &self.ledger.run),
            "/partner/notices/{notice}" => fill("{notice}", &self.notice),
            "/staff/settlements/new" => vec![format!("{pattern}?settlement=bank")],
            "/staff/late-facts/{fact}" => fill("{fact}", &self.late_fact),
            app::paths::REQUEST_FILE | app::paths::REQUEST_FILE_PREVIEW => fill("{file}", &self.file),
            "/staff/usage/{import}" => fill("{import}", &self.import),
            "/partner/cases/{reference}" => {
                [&self.case_draft, &self.case_request].map(|reference| pattern.replace("{reference}", reference)).to_vec()
            }
            app::paths::INTERVIEW_FILE | app::paths::STAFF_INTERVIEW_FILE => fill("{reference}", &self.case_request),
            "/staff/inbox/{reference}" => {
                [&self.codes_request, &self.month_request, &self.case_request, &self.comment_request, &self.claim]
                    .map(|reference| pattern.replace("{reference}", reference))
                    .to_vec()
            }
            "/partner/requests/{reference}" => [&self.codes_request, &self.month_request, &self.comment_request, &self.claim]
                .map(|reference| pattern.replace("{reference}", reference))
                .to_vec(),
            _ => {
                assert!(!pattern.contains('{'), "say what stands in {pattern}");
                vec![pattern.to_owned()]
            }
        }
    }

    /// What a call of a server function holds, and whether it names something of the partner.
    pub fn form(&self, path: &str) -> (Vec<(&'static str, String)>, bool) {
        let key = ("idempotency_key", Uuid::new_v4().to_string());
        let text = |text: &str| text.to_owned();
        match path {
            "/api/sign-in" => (vec![("email", text("nobody@example.com")), ("password", text("wrong"))], false),
            "/api/sign-out" => (vec![], false),
            "/api/language" => (vec![("language", text("ru"))], false),
            "/api/theme" => (vec![("theme", text("dark"))], false),
            "/api/clients/add" => (vec![("inn", text("7707083893")), ("name", text("Новый"))], false),
            "/api/clients/rate" => (vec![("client", self.client.to_string()), ("choice", text("once"))], true),
            "/api/trials/record" => (vec![("client", self.client.to_string()), ("services[0]", text("kvm"))], true),
            "/api/trials/end" => {
                (vec![("client", self.client.to_string()), ("trial", self.trial.to_string()), ("ended_on", text("2026-10-03"))], true)
            }
            "/api/bonus-codes/submit" => (vec![("face_1", text("500")), ("client_1", self.client.to_string()), key], true),
            "/api/free-months/submit" => (vec![("client", self.client.to_string()), ("month", text("2027-03")), key], true),
            "/api/sales-bonuses/submit" => {
                (vec![("client", self.client.to_string()), ("month", text("2026-08")), ("manager", text("Ирина")), key], true)
            }
            "/api/telegram-comments/topics" => (vec![("topics.market", text("true"))], false),
            "/api/telegram-comments/answer" => {
                let answer = ("answer.text", text("Для проверки прав"));
                (vec![("reference", self.comment_request.clone()), ("version", text("1")), ("gesture", text("save")), answer], true)
            }
            "/api/requests/bonus" => {
                (vec![("reference", self.comment_request.clone()), ("version", text("1")), ("rubric.substance", text("2"))], true)
            }
            "/api/news/post" => (vec![("title", text("Новость")), ("gesture", text("check"))], false),
            "/api/requests/withdraw"
            | "/api/requests/approve"
            | "/api/requests/take"
            | "/api/requests/release"
            | "/api/requests/fulfil" => (vec![("reference", self.codes_request.clone())], true),
            "/api/cases/save" | "/api/requests/autosave" => {
                // What stands there already: nothing changes, so the version is any.
                (vec![("reference", self.case_draft.clone()), ("version", text("2")), ("brief.title", text(CASE_TITLE)), key], true)
            }
            "/api/requests/recall" | "/api/requests/revise" | "/api/requests/interview" | "/api/requests/text-offer" => {
                (vec![("reference", self.case_request.clone())], true)
            }
            "/api/requests/prepare" => (vec![("reference", self.case_request.clone()), ("gesture", text("text"))], true),
            "/api/requests/slot" => (vec![("reference", self.case_request.clone()), ("slot_words", text("Для проверки прав"))], true),
            "/api/requests/text-answer" => {
                (vec![("reference", self.case_request.clone()), ("version", text("2")), ("gesture", text("agree"))], true)
            }
            "/api/requests/slots-offer" => {
                let slot = [("slot_1_day", "2026-10-08"), ("slot_1_time", "12:00"), ("slot_1_minutes", "30")];
                let slot = slot.map(|(name, value)| (name, text(value)));
                (std::iter::once(("reference", self.case_request.clone())).chain(slot).collect(), true)
            }
            "/api/requests/text" => {
                let written = ("text_version", "Текст для проверки прав. ".repeat(10));
                (vec![("reference", self.case_request.clone()), ("version", text("9")), written], true)
            }
            "/api/requests/publish" => {
                let link = ("link", text("https://press.example.com/case"));
                (
                    vec![("reference", self.case_request.clone()), ("channel", text("press")), link, ("published_on", text("2026-10-05"))],
                    true,
                )
            }
            "/api/requests/comment" => (vec![("reference", self.codes_request.clone()), ("words", text("Для проверки прав")), key], true),
            "/api/requests/note" => (vec![("reference", self.codes_request.clone()), ("note", text("Для проверки прав")), key], true),
            "/api/requests/files/remove" => (vec![("reference", self.claim.clone()), ("file", self.file.to_string())], true),
            "/api/requests/assign" => (vec![("reference", self.codes_request.clone()), ("to", Uuid::from_u128(9).to_string())], true),
            "/api/requests/ask" => (vec![("reference", self.codes_request.clone()), ("notes[face_1]", text("Для проверки прав"))], true),
            "/api/requests/answer" => {
                (vec![("reference", self.codes_request.clone()), ("version", text("2")), ("entries[face_1]", text("400"))], true)
            }
            "/api/requests/reopen" => (vec![("reference", self.codes_request.clone()), ("reopen_words", text("Для проверки прав"))], true),
            "/api/requests/cancel" => (vec![("reference", self.codes_request.clone()), ("cancel_words", text("Для проверки прав"))], true),
            "/api/requests/bulk" => {
                let to = ("to", Uuid::from_u128(9).to_string());
                (vec![("references[0]", self.codes_request.clone()), ("gesture", text("assign")), to], true)
            }
            "/api/requests/refuse" => {
                let words = "В этом квартале таких заявок больше не будет";
                (vec![("reference", self.codes_request.clone()), ("reason", text("other")), ("text", text(words))], true)
            }
            "/api/partners/exam" => (vec![("partner", self.partner.to_string()), ("passed_on", text("2026-10-01"))], true),
            "/api/partners/level" => {
                let reason = ("reason", text("Для проверки прав"));
                (vec![("partner", self.partner.to_string()), ("level", text("basic")), ("date", text("2026-10-10")), reason], true)
            }
            "/api/late-facts/decide" => {
                let reason = ("reason", text("Для проверки прав"));
                (vec![("fact", self.late_fact.to_string()), ("decision", text("decline")), reason], true)
            }
            "/api/ledger/approve" => (vec![("entries[0]", self.ledger.entry.to_string())], true),
            "/api/ledger/approve-all" => {
                (vec![("place", text("/staff/ledger?rule=REB-1")), ("count", text("3")), ("amount", text("1.00"))], false)
            }
            "/api/ledger/reverse" => {
                (vec![("entry", self.ledger.entry.to_string()), ("reason", text("other")), ("text", text("Для проверки прав"))], true)
            }
            "/api/settlements/make" => (vec![("settlement", text("discount")), ("count", text("1")), ("amount", text("1.00")), key], false),
            "/api/settlements/settle" => (vec![("reference", self.ledger.run.clone()), ("settled_on", text("2026-10-05"))], true),
            "/api/settlements/drop" => (vec![("reference", self.ledger.run.clone())], true),
            "/api/settlements/settings" => (vec![("second_person_above", text("100"))], false),
            "/api/adjustments/propose" => (vec![("partner", self.partner.to_string()), ("amount", text("-1")), key], true),
            "/api/adjustments/decide" => (vec![("adjustment", self.ledger.adjustment.to_string()), ("decision", text("decline"))], true),
            "/api/partners/bank-account" => (vec![("partner", self.partner.to_string()), ("bik", text("044525225"))], true),
            "/api/notices/read" => (vec![("through", self.notice.to_string())], false),
            "/api/notices/by-email" => (vec![("wanted", text("true"))], false),
            "/api/usage/commit" | "/api/usage/discard" => (vec![("import", self.import.to_string())], true),
            "/api/brand/save" => (vec![("name", text("Для проверки прав")), ("version", text("0")), ("gesture", text("save"))], false),
            "/api/brand/pictures/remove" => (vec![("place", text("light"))], false),
            "/api/brand/version" => (vec![("number", text("1"))], false),
            "/api/hosts/add" => (vec![("host", text("portal.acme.example"))], false),
            "/api/hosts/check" => (vec![("id", self.host.to_string()), ("gesture", text("check"))], true),
            "/api/hosts/revoke" => (vec![("id", self.host.to_string()), ("words", text("Для проверки прав"))], true),
            "/api/terms/publish" => (vec![("valid_from", text("2026-09-01")), ("note", text("Для проверки прав"))], false),
            "/api/months/close" => (vec![("month", text("2026-09"))], false),
            "/api/codes/find" => (vec![("code", self.code.clone())], true),
            "/api/codes/redeem" => (vec![("code", self.code.clone()), ("inn", self.client_inn.clone())], true),
            "/api/codes/revoke" => (vec![("code", self.code.clone()), ("reason", text("Выдан по ошибке"))], true),
            other => panic!("say what a call of {other} holds"),
        }
    }
}

const CASE_TITLE: &str = "Тайный клиент переезжает";

/// A case that is being written.
async fn draft_case(app: &TestApp, partner: &TestPartner) -> String {
    let typed = vec![(Brief::TITLE.to_owned(), CASE_TITLE.to_owned())];
    let saved = app.services.request_draft_save(&partner.viewer, RequestKind::CaseStudy, Uuid::new_v4(), typed, None).await;
    saved.expect("a draft").reference
}

/// A case whose interview has a time.
async fn interview(app: &TestApp, partner: &TestPartner, reviewer: &Viewer) -> String {
    let (services, viewer) = (&app.services, &partner.viewer);
    let long = "подробно ".repeat(20);
    let fields = [
        (Brief::TITLE, "Как переехал тайный клиент"),
        (Brief::CLIENT, SECRET),
        (Brief::INDUSTRY, "retail"),
        ("brief.services.kvm", "true"),
        (Brief::DONE, &long),
        (Brief::RESULT, &long),
    ];
    let typed = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let saved = services.request_draft_save(viewer, RequestKind::CaseStudy, Uuid::new_v4(), typed, None).await.expect("a draft");
    let reference = saved.reference;
    services.request_submit(viewer, &reference, Vec::new(), saved.version).await.expect("submitted");
    services.request_approve(reviewer, &reference).await.expect("accepted");
    services.request_choose_interview(viewer, &reference).await.expect("chosen");
    let slot = Slot::read("2026-10-09", "15:00", 30).expect("a time");
    services.request_offer_slots(reviewer, &reference, vec![slot]).await.expect("offered");
    services.request_pick_slot(viewer, &reference, slot).await.expect("picked");
    reference
}

/// What a partner has in the ledger.
pub struct LedgerBelongings {
    /// An entry that waits for approval.
    pub entry: LedgerEntryId,
    adjustment: LedgerAdjustmentId,
    /// A run for the bank, by its reference.
    pub run: String,
}

impl LedgerBelongings {
    /// An entry that waits for approval, an adjustment that waits for a decision, a run for the bank.
    async fn make(app: &TestApp, partner: &TestPartner, (reviewer, admin): (&Viewer, &Viewer)) -> Self {
        let in_run = app.adjust(partner, (reviewer, admin), "1000").await;
        app.services.ledger_approve(Actor::Person(reviewer), &[in_run]).await.expect("an approval");
        let run = app.bank_run(partner, (reviewer, admin)).await;
        let entry = app.adjust(partner, (reviewer, admin), "500").await;
        let adjustment = app.propose_adjustment(partner, reviewer, "200").await;
        Self { entry, adjustment, run }
    }
}

async fn post(browser: &mut Browser, path: &str, form: &[(&'static str, String)]) -> crate::support::Answer {
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

/// The patterns of all pages.
pub fn pages() -> Vec<String> {
    let pages: BTreeSet<String> = generate_route_list(app::App).into_iter().map(|route| route.path().to_owned()).collect();
    assert!(pages.len() > 20, "{pages:?}");
    pages.into_iter().collect()
}

struct World {
    portal: TestPortal,
    owner: TestPartner,
    stranger: TestPartner,
    reviewer: Viewer,
    admin: Viewer,
    belongings: Belongings,
}

impl World {
    async fn make(options: PgConnectOptions) -> Self {
        let portal = TestPortal::start(options, "2026-10-05");
        let owner = portal.app.create_partner("2026-09-01").await;
        let stranger = portal.app.create_partner("2026-09-01").await;
        let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
        let admin = portal.app.create_staff(Role::StaffAdmin).await;
        let belongings = Belongings::make(&portal.app, &owner, &reviewer, &admin).await;
        Self { portal, owner, stranger, reviewer, admin, belongings }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_address_answers_each_role_as_the_table_says(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let mut callers = vec![("nobody", None, world.portal.browser())];
    for (name, viewer) in [
        ("other_partner", &world.stranger.viewer),
        ("own_partner", &world.owner.viewer),
        ("reviewer", &world.reviewer),
        ("admin", &world.admin),
    ] {
        callers.push((name, Some(viewer.role), world.portal.sign_in(viewer).await));
    }
    let mut table = format!("{:<36}", "");
    for (name, ..) in &callers {
        write!(table, " {name:<13}").expect("text");
    }
    for pattern in pages() {
        write!(table, "\nGET  {pattern:<31}").expect("text");
        for (name, _, browser) in &mut callers {
            let mut statuses = BTreeSet::new();
            for address in world.belongings.addresses(&pattern) {
                let page = browser.get(&address).await;
                assert!(*name != "other_partner" || !page.body.contains(SECRET), "{address} shows another's client");
                statuses.insert(page.status.as_u16());
            }
            write!(table, " {:<13}", statuses.iter().map(u16::to_string).collect::<Vec<_>>().join("/")).expect("text");
        }
    }
    for file in [app::paths::STATEMENT_PDF, app::paths::STATEMENT_XLSX, app::paths::STATEMENT_CSV] {
        write!(table, "\nGET  {file:<31}").expect("text");
        for (_, _, browser) in &mut callers {
            write!(table, " {:<13}", browser.get(file).await.status.as_u16()).expect("text");
        }
    }
    for pattern in [app::paths::SETTLEMENT_REGISTRY_TEXT, app::paths::SETTLEMENT_REGISTRY_CSV] {
        write!(table, "\nGET  {pattern:<31}").expect("text");
        for (_, _, browser) in &mut callers {
            let answer = browser.get(&pattern.replace("{reference}", &world.belongings.ledger.run)).await;
            write!(table, " {:<13}", answer.status.as_u16()).expect("text");
        }
    }
    for pattern in [app::paths::INTERVIEW_FILE, app::paths::STAFF_INTERVIEW_FILE] {
        write!(table, "\nGET  {pattern:<31}").expect("text");
        for (_, _, browser) in &mut callers {
            let answer = browser.get(&world.belongings.addresses(pattern)[0]).await;
            write!(table, " {:<13}", answer.status.as_u16()).expect("text");
        }
    }
    write!(table, "\nGET  {:<31}", app::paths::REQUEST_FILE).expect("text");
    for (name, _, browser) in &mut callers {
        let answer = browser.get(&app::paths::request_file(world.belongings.file)).await;
        assert!(*name != "other_partner" || !answer.body.contains(SECRET), "another's file");
        write!(table, " {:<13}", answer.status.as_u16()).expect("text");
    }
    for (address, shown) in [
        (app::paths::BRAND_DRAFT_SHEET.to_owned(), app::paths::BRAND_DRAFT_SHEET),
        (app::paths::brand_style_sheet(world.owner.id, 1, "0"), app::paths::BRAND_STYLE_SHEET),
        (app::paths::brand_picture(world.owner.id, &"0".repeat(64)), app::paths::BRAND_PICTURE),
        (format!("{}?domain=portal.secret.example", app::paths::HOST_QUESTION), app::paths::HOST_QUESTION),
    ] {
        write!(table, "\nGET  {shown:<31}").expect("text");
        for (_, _, browser) in &mut callers {
            write!(table, " {:<13}", browser.get(&address).await.status.as_u16()).expect("text");
        }
    }
    for pattern in [app::paths::USAGE_UPLOAD, app::paths::REQUEST_FILES_UPLOAD, app::paths::BRAND_PICTURE_UPLOAD] {
        write!(table, "\nPOST {pattern:<31}").expect("text");
        for (_, _, browser) in &mut callers {
            let path = pattern.replace("{reference}", &world.belongings.claim);
            let request = browser.request(Method::POST, &path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
            let answer = browser.clone().send(request.body(Body::from("--x--\r\n")).expect("a request")).await;
            write!(table, " {:<13}", answer.status.as_u16()).expect("text");
        }
    }
    // Who signs out is nobody from then on, so that comes last.
    let mut functions = server_functions::all().to_vec();
    functions.sort_by_key(|(path, _)| *path == "/api/sign-out");
    for (path, action) in functions {
        write!(table, "\nPOST {path:<31}").expect("text");
        for (name, role, browser) in &mut callers {
            let answer = post(browser, path, &world.belongings.form(path).0).await;
            let status = answer.status.as_u16();
            let allowed = action.is_none_or(|action| role.is_some_and(|role| may(role, action)));
            match (allowed, role) {
                (false, None) => assert_eq!(status, 401, "{path} {name}"),
                (false, Some(_)) => assert!([403, 404].contains(&status), "{path} {name}: {status}"),
                (true, _) => assert!([303, 404].contains(&status), "{path} {name}: {status} {}", answer.words()),
            }
            write!(table, " {status:<13}").expect("text");
        }
    }
    let table: String = table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n");
    let path = Path::new("tests/output/permissions.txt");
    if std::env::var_os("UPDATE_OUTPUT").is_some() {
        std::fs::create_dir_all("tests/output").expect("a folder");
        std::fs::write(path, &table).expect("a file");
    }
    assert_eq!(std::fs::read_to_string(path).expect("the table of record"), table);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_anothers_is_as_good_as_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let mut browser = world.portal.sign_in(&world.stranger.viewer).await;
    let nothing = Belongings::of_nobody();
    let mut compared = 0;
    for pattern in pages().iter().filter(|pattern| pattern.starts_with("/partner/") && pattern.contains('{')) {
        for (theirs, none) in world.belongings.addresses(pattern).iter().zip(nothing.addresses(pattern)) {
            let (theirs, none) = (browser.get(theirs).await, browser.get(&none).await);
            assert_eq!((theirs.status.as_u16(), none.status.as_u16()), (404, 404), "{pattern}");
            assert_eq!(without_incident(&theirs.words()), without_incident(&none.words()), "{pattern}");
            compared += 1;
        }
    }
    for copy in [app::paths::request_file, app::paths::request_file_preview] {
        let (theirs, none) = (browser.get(&copy(world.belongings.file)).await, browser.get(&copy(nothing.file)).await);
        assert_eq!((theirs.status.as_u16(), without_incident(&theirs.words())), (404, without_incident(&none.words())));
    }
    let before = audited(&world).await;
    for (path, action) in server_functions::all() {
        let (form, names_something) = world.belongings.form(path);
        if !names_something || !action.is_some_and(|action| may(Role::PartnerMember, action)) {
            continue;
        }
        let (theirs, none) = (post(&mut browser, path, &form).await, post(&mut browser, path, &nothing.form(path).0).await);
        assert_eq!(theirs.status, none.status, "{path}");
        if theirs.status != 404 {
            // The form for codes names its own row; what it says has to be the same for both.
            let (theirs, none) = (browser.get(theirs.location()).await.words(), browser.get(none.location()).await.words());
            let (theirs, none) = (theirs.replace(&world.belongings.client.to_string(), ""), none.replace(&nothing.client.to_string(), ""));
            assert_eq!(theirs, none, "{path}");
        }
        compared += 1;
    }
    assert!(compared >= 8, "only {compared} addresses were compared");
    assert_eq!(audited(&world).await, before, "nothing was changed");
}

/// What a call changed can be found by the id in its answer: every record of it carries that id (`x-request-id`).
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_record_of_a_change_carries_the_id_of_its_request(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let mut own = world.portal.sign_in(&world.owner.viewer).await;
    let mut admin = world.portal.sign_in(&world.admin).await;
    let mut database = world.portal.app.owner().await;
    // Who signs out is nobody from then on, so that comes last.
    let mut functions = server_functions::all().to_vec();
    functions.sort_by_key(|(path, _)| *path == "/api/sign-out");
    let mut recorded = BTreeSet::new();
    for (path, action) in functions {
        let by_member = action.is_some_and(|action| may(Role::PartnerMember, action) && !may(Role::StaffAdmin, action));
        let browser = if by_member || path == "/api/sign-out" { &mut own } else { &mut admin };
        let last: i64 = sqlx::query_scalar("select coalesce(max(id), 0) from audit_records").fetch_one(&mut database).await.expect("an id");
        let answer = post(browser, path, &world.belongings.form(path).0).await;
        let request = answer.header("x-request-id").to_owned();
        let records: Vec<(String, Option<Uuid>)> = sqlx::query_as("select action, request_identity from audit_records where id > $1")
            .bind(last)
            .fetch_all(&mut database)
            .await
            .expect("records");
        for (action, identity) in records {
            assert_eq!(identity.map(|id| id.to_string()), Some(request.clone()), "{path} recorded {action}");
            recorded.insert(action);
        }
    }
    assert!(recorded.len() >= 15, "only these were recorded: {recorded:?}");
}

/// A form that came back is shown to whom it came back to.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_somebody_typed_is_not_shown_to_another(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let mut owner = world.portal.sign_in(&world.owner.viewer).await;
    let fields = [("face_1", "99999999"), ("note_1", "Секретная заметка"), ("idempotency_key", "00000000-0000-4000-8000-000000000001")];
    let back = owner.post("/api/bonus-codes/submit", &fields).await.location().to_owned();
    assert!(owner.get(&back).await.body.contains("Секретная заметка"));
    let colleague = world.portal.app.create_member(&world.owner).await;
    for viewer in [&world.stranger.viewer, &colleague] {
        let page = world.portal.sign_in(viewer).await.get(&back).await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("Секретная заметка"));
    }
}

/// Texts of two error pages differ in the id of the request only.
fn without_incident(words: &str) -> String {
    words.split(' ').filter(|word| word.parse::<Uuid>().is_err()).collect::<Vec<_>>().join(" ")
}

async fn audited(world: &World) -> usize {
    world.portal.app.audited().await.iter().filter(|action| !action.starts_with("session.")).count()
}
