//! The use cases over a database of their own, with a clock that stands: one method per gesture a test begins with.

#![allow(dead_code, clippy::expect_used, clippy::panic, reason = "every test binary uses its own part, and a test may stop anywhere")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use domain::accrual::Settlement;
use domain::bank_account::with_fitting_key;
use domain::calendar::{BusinessDate, Month, Period};
use domain::case_study::{Brief, Section};
use domain::editorial::Slot;
use domain::ids::{ClientId, LedgerAdjustmentId, LedgerEntryId, PartnerId, RequestFileId, RequestId, ResourceId, UserId};
use domain::inn::Inn;
use domain::ledger::EntryKind;
use domain::level::timeline;
use domain::model::{BillingSide, Level};
use domain::permission::Role;
use domain::request::{FieldNote, FileProblem, Position, RefusalReason, RefusalText, RequestKind, RequestStatus, Stage, Words};
use domain::rule::Rule;
use domain::telegram_comment::Topic;
use hosts::{FixedLookup, ProofLookup};
use service::adjustments::AdjustmentFields;
use service::bank_accounts::{BankAccountFields, SettingsFields};
use service::clients::ClientFields;
use service::partners::LevelDecisionFields;
use service::request_files::{
    Allowance, ArchiveLimits, FileKeeping, FileSettings, Limits, LocalSettings, PdfLimits, ReceiveLimits, StoreSettings, receive_problem,
};
use service::{Actor, Locale, MockClock, Passwords, Services, Viewer, ViewerPartner, secrets};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use store::ledger_entries::NewEntry;
use store::partners::{Partner, RecordedLevelChange};
use store::users::NewUser;
use store::{Database, PoolLimits, Scope};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata};

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple";

/// The use cases, the clock they read and the database below them.
pub struct TestApp {
    /// The use cases.
    pub services: Services,
    /// Their clock.
    pub clock: Arc<MockClock>,
    options: PgConnectOptions,
    numbers: AtomicU64,
    /// What stands in DNS, as the portal sees it.
    pub dns: Arc<FixedLookup>,
    /// Where files are kept: gone with the test.
    folder: Arc<tempfile::TempDir>,
}

/// A partner with one member.
#[derive(Clone, Debug)]
pub struct TestPartner {
    /// Which partner.
    pub id: PartnerId,
    /// What billing calls it.
    pub code: String,
    /// Its member, signed in.
    pub viewer: Viewer,
}

/// An instant: `2026-03-31T23:59:59+03:00`, or a date, which means noon in Moscow.
pub fn instant(text: &str) -> DateTime<Utc> {
    let text = if text.len() == 10 { format!("{text}T12:00:00+03:00") } else { text.to_owned() };
    DateTime::parse_from_rfc3339(&text).unwrap_or_else(|_| panic!("{text} is no instant")).with_timezone(&Utc)
}

/// A day.
pub fn date(text: &str) -> BusinessDate {
    text.parse().unwrap_or_else(|_| panic!("{text} is no date"))
}

/// A month.
pub fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|_| panic!("{text} is no month"))
}

/// An account with a fitting key by its last digits.
pub fn bank_account(serial: &str) -> BankAccountFields {
    BankAccountFields {
        kpp: "770701001".to_owned(),
        account: with_fitting_key(&format!("407028100{serial:0>11}"), "044525225").expect("a key").to_string(),
        bank_name: "ПАО Сбербанк".to_owned(),
        bik: "044525225".to_owned(),
        correspondent_account: "30101810400000000225".to_owned(),
    }
}

/// The largest file of a test's request, in bytes.
pub const FILE_LIMIT: u64 = 4 << 20;
/// Files of a test's request.
pub const FILES_PER_REQUEST: usize = 3;
/// Room for the files of a test's company, in bytes.
pub const FILES_QUOTA: u64 = 6 << 20;

/// Files in a folder, within limits that a test can reach; archives are bombs where a few megabytes come out of them.
pub fn file_settings(folder: &std::path::Path) -> FileSettings {
    let Limits { archive, pdf, .. } = Limits::default();
    FileSettings {
        store: StoreSettings::Local(LocalSettings { folder: folder.join("kept") }),
        received_folder: folder.join("received"),
        limits: Limits {
            bytes: FILE_LIMIT,
            archive: ArchiveLimits { entry_bytes: 4 << 20, total_bytes: 8 << 20, ..archive },
            pdf: PdfLimits { total_bytes: 8 << 20, ..pdf },
            ..Limits::default()
        },
        receiving: ReceiveLimits { bytes: FILE_LIMIT, ..ReceiveLimits::default() },
        allowance: Allowance { bytes: FILES_QUOTA, files_per_request: FILES_PER_REQUEST },
        at_once: 2,
        grace: std::time::Duration::from_hours(24),
    }
}

impl TestApp {
    /// The use cases over a migrated database, at an instant (see [`instant`]).
    pub fn start(options: PgConnectOptions, at: &str) -> Self {
        let clock = Arc::new(MockClock::at(instant(at)));
        let folder = Arc::new(tempfile::TempDir::with_prefix("portal-files-").expect("a folder"));
        let dns = Arc::new(FixedLookup::new());
        let services = Self::process(&options, &clock, folder.path(), &dns);
        Self { services, clock, options, numbers: AtomicU64::new(0), dns, folder }
    }

    fn process(options: &PgConnectOptions, clock: &Arc<MockClock>, folder: &std::path::Path, dns: &Arc<FixedLookup>) -> Services {
        let limits = PoolLimits { connections: 8, acquire: std::time::Duration::from_mins(1), ..PoolLimits::default() };
        let database = Database::new(options.clone(), limits);
        let files = FileKeeping::open(&file_settings(folder)).expect("a place for files");
        Services::new(database, Arc::clone(clock) as Arc<dyn service::Clock>, Passwords::for_tests().expect("a hasher"))
            .with_files(files)
            .with_host_proofs(Arc::clone(dns) as Arc<dyn ProofLookup>, vec!["portal.test".parse().expect("a name")])
    }

    /// The same use cases in another process: its own pool on the same database, the same clock.
    pub fn another_process(&self) -> Services {
        Self::process(&self.options, &self.clock, self.folder.path(), &self.dns)
    }

    /// Moves the clock to an instant (see [`instant`]).
    pub fn set_clock(&self, at: &str) {
        self.clock.set(instant(at));
    }

    /// A connection that no policy binds, to look behind the use cases and to enter what billing would.
    pub async fn owner(&self) -> PgConnection {
        self.options.connect().await.expect("a connection of the owner")
    }

    /// A number that no other call gives.
    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// A valid INN that no other call gives.
    pub fn inn(&self) -> Inn {
        Inn::complete(&format!("{:09}", 770_000_000 + self.number())).expect("an INN")
    }

    /// A partner with a contract from a day on, billed by the provider, and its member.
    pub async fn create_partner(&self, contract_date: &str) -> TestPartner {
        self.create_partner_billed(contract_date, BillingSide::Provider).await
    }

    /// The same with a billing side.
    pub async fn create_partner_billed(&self, contract_date: &str, billing: BillingSide) -> TestPartner {
        let number = self.number();
        let partner = Partner {
            id: secrets::id(),
            code: format!("P-{number:04}"),
            name: format!("ООО «Партнёр {number:04}»"),
            inn: self.inn().to_string(),
        };
        let mut transaction = self.services.database().begin(Scope::Staff).await.expect("a transaction");
        store::partners::insert(&mut transaction, &partner, date(contract_date), billing, self.services.now()).await.expect("a partner");
        transaction.commit().await.expect("a commit");
        self.record_levels(partner.id).await;
        let viewer_partner = ViewerPartner { id: partner.id, name: partner.name };
        let viewer = self.create_user(Role::PartnerMember, Some(viewer_partner)).await;
        TestPartner { id: partner.id, code: partner.code, viewer }
    }

    /// A partner falls to Basic from the day of the clock on, by a decision of staff (`LVL-8`).
    pub async fn let_fall(&self, partner: &TestPartner) {
        self.decide_level(partner, Level::Basic, "Условия уровня больше не выполняются").await;
    }

    /// A partner is Professional again from the day of the clock on, by a decision of staff (`LVL-8`).
    pub async fn let_return(&self, partner: &TestPartner) {
        self.decide_level(partner, Level::Professional, "Условия уровня снова выполняются").await;
    }

    async fn decide_level(&self, partner: &TestPartner, level: Level, reason: &str) {
        let admin = self.create_staff(Role::StaffAdmin).await;
        let decision =
            LevelDecisionFields { level: level.as_str().to_owned(), reason: reason.to_owned(), ..LevelDecisionFields::default() };
        self.services.level_decide(&admin, partner.id, &decision).await.expect("a decision");
    }

    /// A member of staff, signed in.
    pub async fn create_staff(&self, role: Role) -> Viewer {
        self.create_user(role, None).await
    }

    /// Another person of a partner, signed in.
    pub async fn create_member(&self, partner: &TestPartner) -> Viewer {
        self.create_user(Role::PartnerMember, partner.viewer.partner.clone()).await
    }

    async fn create_user(&self, role: Role, partner: Option<ViewerPartner>) -> Viewer {
        let email = format!("person-{:04}@example.com", self.number());
        let viewer = Viewer {
            user_id: secrets::id::<UserId>(),
            role,
            partner,
            display_name: format!("Person {email}"),
            email,
            locale: Locale::Ru,
            email_notices: true,
            unread_notices: 0,
            request_identity: None,
        };
        let password_hash = Passwords::for_tests().expect("a hasher").hash(PASSWORD.to_owned()).await.expect("a hash");
        let mut transaction = self.services.database().begin(Scope::Staff).await.expect("a transaction");
        let user = NewUser {
            id: viewer.user_id,
            email: &viewer.email,
            password_hash: &password_hash,
            display_name: &viewer.display_name,
            role: role.as_str(),
            partner_id: viewer.partner.as_ref().map(|partner| partner.id),
            created_at: self.services.now(),
        };
        store::users::insert(&mut transaction, &user).await.expect("a person");
        transaction.commit().await.expect("a commit");
        viewer
    }

    /// A client of a partner, entered by the partner.
    pub async fn create_client(&self, partner: &TestPartner, name: &str) -> ClientId {
        let fields = ClientFields { inn: self.inn().to_string(), name: name.to_owned(), ..ClientFields::default() };
        self.services.client_add(&partner.viewer, &fields).await.expect("a client")
    }

    /// A partner that opts in to comments is sent a news item; the reference of its request.
    pub async fn ask_for_comment(&self, partner: &TestPartner, staff: &Viewer) -> String {
        self.services.comment_topics_choose(&partner.viewer, &[Topic::Market].into()).await.expect("topics");
        let reach = self.services.news_form(staff, &[Topic::Market].into()).await.expect("the form").reach;
        let deadline = self.services.today().plus_days(5).to_string();
        let fields = [
            ("title", "Выросли цены на память"),
            ("text", "Что это значит для ваших клиентов и что вы им советуете? Хватит трёх абзацев."),
            ("link", "https://habr.com/ru/news/1/"),
            ("topics.market", "true"),
            ("deadline", &deadline),
        ];
        let entries = fields.iter().map(|(name, value)| (name.parse().expect("a field"), (*value).to_owned())).collect();
        self.services.news_post(staff, &entries, reach, uuid::Uuid::new_v4()).await.expect("posted");
        let page = self.services.telegram_comments_page(&partner.viewer, None).await.expect("the page");
        page.requests.lines[0].reference.clone()
    }

    /// A case of a partner, brought to a position by the people whose business that is; its reference.
    pub async fn case_at(&self, partner: &TestPartner, staff: &Viewer, position: Position) -> String {
        let (services, own) = (&self.services, &partner.viewer);
        let long = "подробно ".repeat(40);
        let brief = [
            (Brief::TITLE, "Переезд интернет-магазина"),
            (Brief::CLIENT, "ООО «Ромашка»"),
            (Brief::INDUSTRY, "retail"),
            ("brief.services.kvm", "true"),
            (Brief::DONE, &long),
            (Brief::RESULT, &long),
        ];
        let typed = brief.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let saved = services.request_draft_save(own, RequestKind::CaseStudy, uuid::Uuid::new_v4(), typed, None).await.expect("a draft");
        let reference = saved.reference;
        let words = |text: &str| Words::try_from(text.to_owned()).expect("words");
        let ask = async |field: &str| {
            let notes = vec![FieldNote { field: field.parse().expect("a field"), words: words("Расскажите больше") }];
            services.request_ask_for_correction(staff, &reference, notes).await.expect("asked");
        };
        let version = async || services.request_page(own, &reference).await.expect("the page").version;
        if position.status == RequestStatus::Draft {
            return reference;
        }
        services.request_submit(own, &reference, Vec::new(), saved.version).await.expect("submitted");
        match (position.stage, position.status) {
            (Some(Stage::Brief), RequestStatus::InReview) => services.request_take(staff, &reference).await.expect("taken"),
            (Some(Stage::Brief), RequestStatus::ActionRequired) => ask(Brief::TITLE).await,
            (Some(Stage::Brief), RequestStatus::Withdrawn) => services.request_withdraw(own, &reference).await.expect("withdrawn"),
            (Some(Stage::Brief), RequestStatus::Refused) => {
                let text = RefusalText::try_from("Пока не видно, чем кейс интересен".to_owned()).expect("a text");
                services.request_refuse(staff, &reference, RefusalReason::Other, text).await.expect("refused");
            }
            _ => {}
        }
        if position.stage == Some(Stage::Brief) {
            return reference;
        }
        services.request_approve(staff, &reference).await.expect("accepted");
        if position.stage == Some(Stage::Interview) {
            services.request_choose_interview(own, &reference).await.expect("an interview");
        } else if position.stage != Some(Stage::Details) || position.status == RequestStatus::ActionRequired {
            let sections = Section::ALL.map(|section| (section.field(), long.clone())).to_vec();
            services.request_send_details(own, &reference, sections, version().await).await.expect("sent");
        }
        let agreed = matches!(position.stage, Some(Stage::Agreed | Stage::Published));
        let offered = position.stage == Some(Stage::Editing) && position.status == RequestStatus::ActionRequired;
        if agreed || offered {
            services.request_edit_text(staff, &reference, &long, version().await).await.expect("a text");
            services.request_offer_text(staff, &reference).await.expect("offered");
        }
        if agreed {
            services.request_agree_text(own, &reference, version().await).await.expect("agreed");
        }
        match (position.stage, position.status) {
            (Some(Stage::Details), RequestStatus::ActionRequired) => ask("details.task").await,
            (Some(Stage::Interview), RequestStatus::ActionRequired) => {
                let day = self.services.today().plus_days(3).to_string();
                let slot = Slot::read(&day, "15:00", 30).expect("a time");
                services.request_offer_slots(staff, &reference, vec![slot]).await.expect("offered");
            }
            (_, RequestStatus::Cancelled) => services.request_cancel(own, &reference, words("Клиент передумал")).await.expect("given up"),
            (Some(Stage::Published), _) => {
                let (link, on) = (format!("https://press.example.com/{reference}"), self.services.today().to_string());
                services.request_publish(staff, &reference, "press", &link, &on).await.expect("published");
            }
            _ => {}
        }
        reference
    }

    /// Virtual machines of a client, as billing would bring them.
    pub async fn create_virtual_machines(&self, partner: &TestPartner, client: ClientId, names: &[&str]) -> Vec<ResourceId> {
        let mut owner = self.owner().await;
        let mut ids = Vec::new();
        for name in names {
            let id = secrets::id::<ResourceId>();
            sqlx::query("insert into resources (id, partner_id, client_id, name, is_virtual_machine) values ($1, $2, $3, $4, true)")
                .bind(id.0)
                .bind(partner.id.0)
                .bind(client.0)
                .bind(*name)
                .execute(&mut owner)
                .await
                .expect("a virtual machine");
            ids.push(id);
        }
        ids
    }

    /// Usage of a client in a month, as billing would bring it: whole roubles on one machine. The month's revenue grows with it.
    pub async fn load_usage(&self, partner: &TestPartner, client: ClientId, in_month: &str, service: &str, roubles: i64) {
        let mut owner = self.owner().await;
        let import = secrets::id::<domain::ids::UsageImportId>();
        let day = month(in_month).first_day().naive();
        sqlx::query(
            "insert into usage_imports (id, file_name, content_sha256, state, is_correction, row_count, new_count, changed_count,
                                        unchanged_count, gross_total, problems, problem_count, months, uploaded_at, finished_at)
             values ($1, 'usage.csv', '', 'committed', false, 1, 1, 0, 0, $2, '[]', 0, array[$3::date], $4, $4)",
        )
        .bind(import.0)
        .bind(roubles)
        .bind(day)
        .bind(self.services.now())
        .execute(&mut owner)
        .await
        .expect("an import");
        sqlx::query("insert into usage_rows (client_id, month, service, resource, partner_id, gross, import_id) values ($1, $2, $3, 'vm-1', $4, $5, $6)")
            .bind(client.0)
            .bind(day)
            .bind(service)
            .bind(partner.id.0)
            .bind(roubles)
            .bind(import.0)
            .execute(&mut owner)
            .await
            .expect("a row of usage");
        self.add_revenue(partner, in_month, roubles).await;
    }

    /// Revenue of a partner in a month beyond what was loaded, whole roubles.
    pub async fn add_revenue(&self, partner: &TestPartner, in_month: &str, roubles: i64) {
        sqlx::query(
            "insert into partner_month_revenues as r (partner_id, month, revenue) values ($1, $2, $3)
             on conflict (partner_id, month) do update set revenue = r.revenue + excluded.revenue",
        )
        .bind(partner.id.0)
        .bind(month(in_month).first_day().naive())
        .bind(roubles)
        .execute(&mut self.owner().await)
        .await
        .expect("revenue");
    }

    /// An entry that staff made by hand, RUB: `1234.50`, to the account. Its period is the month of the clock.
    pub async fn add_entry(&self, partner: &TestPartner, amount: &str) -> LedgerEntryId {
        let today = self.services.today();
        let mut transaction = self.services.database().begin(Scope::Staff).await.expect("a transaction");
        let (_, terms) = store::partners::facts_and_terms(&mut transaction, partner.id).await.expect("the facts").expect("a partner");
        let entry = NewEntry {
            id: secrets::id(),
            partner_id: partner.id,
            kind: EntryKind::Adjustment,
            rule: Rule::Ledger1,
            period: Period::Month(today.month()),
            base: amount.parse().expect("an amount"),
            rate: None,
            amount: amount.parse().expect("an amount"),
            settlement: Settlement::Bank,
            terms: terms.version_on(today).id,
            accrued_on: today,
            closed_month: None,
            request_id: None,
            client_id: None,
            corrects: None,
            nothing: None,
            explanation: serde_json::json!({}),
            reason: Some(("other".to_owned(), "Для проверки портала".to_owned())),
        };
        store::ledger_entries::insert(&mut transaction, std::slice::from_ref(&entry), None, self.services.now()).await.expect("an entry");
        transaction.commit().await.expect("a commit");
        sqlx::query(
            "insert into ledger_adjustments (id, partner_id, amount, settlement, reason_code, reason_text, idempotency_key, state, proposed_by,
                                             proposed_at, decided_by, decided_at, entry_id)
             select gen_random_uuid(), partner_id, amount, settlement, reason_code, reason_text, gen_random_uuid(), 'accepted',
                    gen_random_uuid(), recorded_at, gen_random_uuid(), recorded_at, id
               from ledger_entries where id = $1",
        )
        .bind(entry.id.0)
        .execute(&mut self.owner().await)
        .await
        .expect("two people who agreed");
        entry.id
    }

    /// Closes months, the first to the last, without recording what follows; see [`Self::record_levels`].
    pub async fn close_months(&self, first: &str, last: &str) {
        let mut owner = self.owner().await;
        for closed in month(first).through(month(last)) {
            sqlx::query("insert into month_closes (month, closed_at, partner_count, revenue, level_change_count) values ($1, $2, 0, 0, 0)")
                .bind(closed.first_day().naive())
                .bind(self.services.now())
                .execute(&mut owner)
                .await
                .expect("a closed month");
        }
    }

    /// Records the timeline of a partner as the rules give it now.
    pub async fn record_levels(&self, id: PartnerId) {
        let mut transaction = self.services.database().begin(Scope::Staff).await.expect("a transaction");
        let (facts, terms) = store::partners::facts_and_terms(&mut transaction, id).await.expect("the facts").expect("a partner");
        let changes: Vec<RecordedLevelChange> = timeline(&facts.level, &terms, BusinessDate::from(NaiveDate::MAX))
            .changes
            .into_iter()
            .map(|change| RecordedLevelChange {
                partner_id: id,
                from: change.from,
                level: change.level,
                model: change.model,
                rule: change.cause.rule().id().to_owned(),
                cause: serde_json::to_value(&change.cause).expect("a cause"),
                terms_version_id: change.terms,
            })
            .collect();
        let now = self.services.now();
        store::partners::supersede_level_changes(&mut transaction, id, facts.level.contract_date, now).await.expect("an update");
        store::partners::insert_level_changes(&mut transaction, &changes, now).await.expect("changes");
        transaction.commit().await.expect("a commit");
    }

    /// A claim for a sales bonus that waits, as the form would bring it, without a closed month: its reference. It takes files.
    pub async fn create_claim(&self, partner: &TestPartner, client: ClientId) -> String {
        let id = secrets::id::<RequestId>();
        let reference = format!("SB-2026-{:06}", 900_000 + self.number());
        let mut owner = self.owner().await;
        sqlx::query(
            "insert into requests (id, partner_id, kind, reference, status, version, idempotency_key, submitted_by, submitted_at, model,
                                   terms_version_id, verdict, entries)
             select $1, $2, 'sales_bonus', $3, 'submitted', 2, $1, $4, $5, 'agent', t.id, '{\"violations\": []}', '{\"manager\": \"Ирина\"}'
               from terms_versions t order by t.valid_from limit 1",
        )
        .bind(id.0)
        .bind(partner.id.0)
        .bind(&reference)
        .bind(partner.viewer.user_id.0)
        .bind(self.services.now())
        .execute(&mut owner)
        .await
        .expect("a request");
        sqlx::query(
            "insert into sales_bonus_requests (request_id, partner_id, client_id, month, manager_name, amount) values ($1, $2, $3, '2026-08-01', 'Ирина', 100)",
        )
        .bind(id.0)
        .bind(partner.id.0)
        .bind(client.0)
        .execute(&mut owner)
        .await
        .expect("a claim");
        sqlx::query(
            "insert into request_events (request_id, partner_id, version, act, performer, actor_id, detail, from_status, to_status, at)
             values ($1, $2, 2, 'submit', 'partner_member', $3, '{\"detail\": \"fields\", \"fields\": []}', 'draft', 'submitted', $4)",
        )
        .bind(id.0)
        .bind(partner.id.0)
        .bind(partner.viewer.user_id.0)
        .bind(self.services.now())
        .execute(&mut owner)
        .await
        .expect("an event");
        reference
    }

    /// Attaches a file to a request, as its upload would; the problem where it is not taken.
    pub async fn attach(&self, viewer: &Viewer, reference: &str, name: &str, bytes: &[u8]) -> Result<RequestFileId, FileProblem> {
        let pieces: Vec<_> = bytes.chunks(64 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec().into())).collect();
        let received = self.services.files().expect("a place for files").receive(futures::stream::iter(pieces)).await;
        match received {
            Ok(received) => self.services.request_file_attach(viewer, reference, name, received).await.expect("an answer"),
            Err(error) => Err(receive_problem(&error).expect("a fault of the file")),
        }
    }

    /// The folder in which contents are kept, and the one for files on their way.
    pub fn file_folders(&self) -> [std::path::PathBuf; 2] {
        [self.folder.path().join("kept"), self.folder.path().join("received")]
    }

    /// How many contents are kept.
    pub fn kept_contents(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
            entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.file_folders()[0])
    }

    /// Proposes an adjustment of a partner's money by the bank; its id.
    pub async fn propose_adjustment(&self, partner: &TestPartner, by: &Viewer, amount: &str) -> LedgerAdjustmentId {
        let fields = AdjustmentFields {
            partner: partner.code.clone(),
            amount: amount.to_owned(),
            settlement: "bank".to_owned(),
            reason: "agreement".to_owned(),
            text: "Договорились на встрече".to_owned(),
        };
        self.services.adjustment_propose(by, &fields, uuid::Uuid::new_v4()).await.expect("a proposal");
        let adjustments = self.services.adjustments_page(by).await.expect("a list").adjustments;
        adjustments.iter().rfind(|one| one.decided_at.is_none()).expect("one that waits").id
    }

    /// An entry of a partner that waits for approval, proposed by one person and accepted by another.
    pub async fn adjust(&self, partner: &TestPartner, (by, other): (&Viewer, &Viewer), amount: &str) -> LedgerEntryId {
        let id = self.propose_adjustment(partner, by, amount).await;
        self.services.adjustment_decide(other, id, true).await.expect("a decision").expect("an entry")
    }

    /// A run for the bank of everything that is approved, with the account of a partner and the payer entered by the second person.
    pub async fn bank_run(&self, partner: &TestPartner, (by, admin): (&Viewer, &Viewer)) -> String {
        let account = bank_account("12345");
        self.services.bank_account_edit(Actor::Person(admin), partner.id, &account).await.expect("an account");
        let settings = SettingsFields {
            second_person_above: "100000".to_owned(),
            name: "ООО «Облако»".to_owned(),
            inn: "7707083893".to_owned(),
            account: bank_account("99"),
        };
        self.services.settlement_settings_edit(Actor::Person(admin), &settings).await.expect("settings");
        let preview = self.services.settlement_preview(by, Settlement::Bank).await.expect("a preview");
        self.services.settlement_make(by, Settlement::Bank, preview.total, preview.key).await.expect("a run")
    }

    /// Actions in the record of changes, in order.
    pub async fn audited(&self) -> Vec<String> {
        sqlx::query_scalar("select action from audit_records order by id").fetch_all(&mut self.owner().await).await.expect("records")
    }

    /// The newest record of an action: what it says after the change.
    pub async fn audited_after(&self, action: &str) -> serde_json::Value {
        sqlx::query_scalar("select after from audit_records where action = $1 order by id desc limit 1")
            .bind(action)
            .fetch_one(&mut self.owner().await)
            .await
            .expect("a record")
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &'static str) -> i64 {
        let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(statement).fetch_one(&mut self.owner().await).await.expect("a count")
    }
}

/// Counts the statements that a call sends, beginning and end of the transaction left out.
pub async fn count_statements<T>(call: impl Future<Output = T>) -> (T, usize) {
    let counter = StatementCounter::default();
    let guard = tracing::subscriber::set_default(counter.clone());
    let answer = call.await;
    drop(guard);
    (answer, counter.0.load(Ordering::SeqCst))
}

/// Hears sqlx report every statement.
#[derive(Clone, Default)]
struct StatementCounter(Arc<AtomicUsize>);

impl tracing::Subscriber for StatementCounter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Summary(String);
        impl tracing::field::Visit for Summary {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                if field.name() == "summary" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut summary = Summary(String::new());
        event.record(&mut summary);
        let text = summary.0.trim_matches('"').to_lowercase();
        if !["begin", "commit", "rollback"].iter().any(|end| text.starts_with(end)) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
