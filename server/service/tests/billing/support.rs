//! A portal on a database of its own, with a clock that stands.

use std::io::Cursor;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::PartnerId;
use domain::inn::Inn;
use domain::model::BillingSide;
use domain::permission::Role;
use service::accounts::{NewPartner, NewPerson};
use service::usage::ImportPreview;
use service::{Actor, Locale, MockClock, Passwords, Services, Viewer};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use store::{Database, PoolLimits};

pub const COMMAND: Actor<'static> = Actor::Command("test");
pub const HEADER: &str = "partner;client_inn;client_name;service;resource;month;gross\n";

pub struct Portal {
    pub services: Services,
    pub clock: Arc<MockClock>,
    /// The owner's connections: they see everything.
    pub owner: PgPool,
}

pub fn day(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

pub fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

pub fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
}

/// A valid INN by number.
pub fn inn(number: u32) -> Inn {
    Inn::complete(&format!("77{number:07}")).expect("an INN")
}

impl Portal {
    pub async fn new(pool: PgPoolOptions, options: PgConnectOptions, now: &str) -> Self {
        let clock = Arc::new(MockClock::at(instant(now)));
        let database = Database::new(options.clone(), PoolLimits::default());
        let services = Services::new(database, clock.clone(), Passwords::for_tests().expect("a hasher"));
        let owner = pool.connect_with(options).await.expect("the owner's connection");
        Self { services, clock, owner }
    }

    pub fn at(&self, now: &str) -> &Self {
        self.clock.set(instant(now));
        self
    }

    pub async fn partner(&self, number: u32, contract: &str, billing: BillingSide) -> PartnerId {
        let new = NewPartner {
            code: format!("P-{number:04}"),
            name: format!("Партнёр {number}"),
            inn: inn(9_000_000 + number),
            contract_date: day(contract),
            billing,
            member: NewPerson {
                email: format!("p{number}@partner.example"),
                display_name: format!("Человек {number}"),
                password: Some("a password for tests".to_owned()),
            },
        };
        self.services.partner_create(COMMAND, new).await.expect("a partner").0
    }

    pub async fn preview(&self, file: impl Into<Vec<u8>>, is_correction: bool) -> ImportPreview {
        self.services.usage_preview(COMMAND, "usage.csv", Cursor::new(file.into()), is_correction).await.expect("a preview")
    }

    /// Imports a file that has no problems.
    pub async fn import(&self, rows: &str) -> store::usage_imports::UsageImport {
        let preview = self.preview(format!("{HEADER}{rows}"), false).await;
        assert_eq!(preview.import.problems, []);
        self.services.usage_commit(COMMAND, preview.import.id).await.expect("a commit").import
    }

    /// A month of a partner with one row.
    pub async fn revenue(&self, partner: u32, month: &str, gross: &str) {
        self.import(&format!("P-{partner:04};{};Клиент;kvm;vm-1;{month};{gross}\n", inn(partner))).await;
    }

    pub async fn number(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.owner).await.expect("a number")
    }

    /// That the revenue table is the sum of the rows.
    pub async fn assert_revenue_is_the_sum_of_rows(&self) {
        let differing = self
            .number(
                "select count(*) from (select partner_id, month, sum(gross) as revenue from usage_rows group by 1, 2) r
                   full join partner_month_revenues v using (partner_id, month) where r.revenue is distinct from v.revenue",
            )
            .await;
        assert_eq!(differing, 0);
    }
}

pub fn staff(role: Role) -> Viewer {
    Viewer {
        user_id: uuid::Uuid::from_u128(7).into(),
        role,
        partner: None,
        display_name: "Сотрудник".to_owned(),
        email: "staff@provider.example".to_owned(),
        locale: Locale::Ru,
        email_notices: true,
        unread_notices: 0,
        request_identity: None,
    }
}
