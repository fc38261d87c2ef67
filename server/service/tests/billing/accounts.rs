//! Entering partners and staff.

use domain::form::FieldProblem;
use domain::model::{BillingSide, Level};
use domain::permission::Role;
use service::accounts::NewPerson;
use service::{Error, Refusal};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{COMMAND, Portal, day};

fn person(email: &str, password: Option<&str>) -> NewPerson {
    NewPerson { email: email.to_owned(), display_name: "Анна".to_owned(), password: password.map(ToOwned::to_owned) }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_person_gets_a_long_password_or_one_made_up_once(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-10-10T12:00:00+03:00").await;
    let short = portal.services.staff_create(COMMAND, Role::StaffAdmin, person("a@x.example", Some("14 characters."))).await;
    let Err(Error::Invalid(problems)) = short else { panic!("a short password passes") };
    assert_eq!(problems.get("password"), Some(&FieldProblem::TooShort { minimum: 15 }));
    let made = portal.services.staff_create(COMMAND, Role::StaffAdmin, person("A@X.example ", None)).await.expect("a person");
    let password = made.made_up_password.expect("a password");
    let address = "127.0.0.1".parse().expect("an address");
    assert_eq!(portal.services.sign_in("a@x.example", password, address, None).await.expect("a sign-in"), Some(made.user_id));
    let taken = portal.services.staff_create(COMMAND, Role::StaffReviewer, person("a@x.example", None)).await;
    assert!(matches!(taken, Err(Error::Refused(Refusal::Taken))));
    assert!(portal.services.staff_create(COMMAND, Role::PartnerMember, person("b@x.example", None)).await.is_err());
    // One record of one person; neither the password nor its hash stands in it.
    let records: Vec<(String, String, serde_json::Value)> =
        sqlx::query_as("select actor_name, object_id, after from audit_records where action = 'user.create'")
            .fetch_all(&portal.owner)
            .await
            .expect("records");
    let [(actor, object, after)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((actor.as_str(), object), ("test", &made.user_id.to_string()));
    assert_eq!((after["email"].as_str(), after["role"].as_str()), (Some("a@x.example"), Some("staff_admin")));
    assert!(!after.to_string().contains("argon2") && after.get("password").is_none(), "{after}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_new_partner_begins_professional_and_its_level_is_explained(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-10-10T12:00:00+03:00").await;
    portal.partner(1, "2026-09-15", BillingSide::Partner).await;
    assert_eq!(portal.number("select count(*) from level_changes where level = 'professional' and rule = 'LVL-1'").await, 1);
    let actions: Vec<String> =
        sqlx::query_scalar("select action from audit_records order by id").fetch_all(&portal.owner).await.expect("records");
    assert_eq!(actions, ["partner.create", "level.change", "user.create"]);
    let told = "select count(*) from audit_records r join partners p on p.id = r.partner_id where r.action = 'partner.create'
                   and r.object_id = p.id::text and r.after ->> 'code' = 'P-0001' and r.after ->> 'billing_side' = 'partner'
                   and r.after ->> 'contract_date' = '2026-09-15'";
    assert_eq!(portal.number(told).await, 1);
    let explanation = portal.services.level_explain("p-0001", None).await.expect("an explanation");
    assert_eq!(explanation.outlook.level, Level::Professional);
    assert_eq!(explanation.outlook.since, day("2026-09-15"));
    assert!(matches!(portal.services.level_explain("P-0002", None).await, Err(Error::NotFound)));
}
