//! The commands that need the database, as an operator runs them: beside a portal that serves, by exit code and answer.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use domain::permission::Role;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fixtures::TestApp;
use crate::support::{Process, database_address};

/// What a command answered: exit code, JSON on standard output, words on standard error.
struct Done {
    code: i32,
    answer: Value,
    words: String,
}

fn portal(database: &str, arguments: &[&str], input: &str) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.args(arguments).env("DATABASE_URL", database).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().expect("the portal starts");
    // A command that reads nothing may have gone before.
    let _ = process.stdin.take().expect("its input").write_all(input.as_bytes());
    let output = process.wait_with_output().expect("its end");
    Done {
        code: output.status.code().unwrap_or(-1),
        answer: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn write_usage(folder: &Path, name: &str, rows: &[String]) -> String {
    let path = folder.join(name);
    let text = format!("partner;client_inn;client_name;service;resource;month;gross\n{}\n", rows.join("\n"));
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_operator_sets_up_a_provider_beside_a_portal_that_serves(_: PgPoolOptions, options: PgConnectOptions) {
    let database = database_address(&options);
    let app = TestApp::start(options.clone(), "2026-10-05");
    app.create_staff(Role::StaffReviewer).await;
    let serving = Process::start(&database, &[], &[]);
    let folder = tempfile::TempDir::new().expect("a folder");

    // People, their passwords from standard input or made up once.
    let person = ["--email", "chief@provider.example", "--display-name", "Анна Власова"];
    let staff = portal(&database, &[&["staff", "create", "--admin", "--password-stdin"], &person[..]].concat(), "a long enough password\n");
    assert!(staff.code == 0 && staff.answer["user"].is_string(), "{}", staff.words);
    assert!(!staff.answer.to_string().contains("long enough"), "a given password is not repeated");
    serving.sign_in("chief@provider.example", "a long enough password").await;
    let twice = portal(&database, &[&["staff", "create", "--password-stdin"], &person[..]].concat(), "a long enough password\n");
    assert_eq!(twice.code, 1, "{}", twice.words);

    let partner = [
        "partner",
        "create",
        "--code",
        "P-77",
        "--name",
        "ООО «Север»",
        "--inn",
        "7707083893",
        "--contract-date",
        "2026-01-12",
        "--billing",
        "provider",
        "--email",
        "north@partner.example",
        "--display-name",
        "Пётр",
    ];
    let made = portal(&database, &partner, "");
    assert_eq!(made.code, 0, "{}", made.words);
    let password = made.answer["password"].as_str().expect("a password, shown once").to_owned();
    let cookie = serving.sign_in("north@partner.example", &password).await;
    assert_eq!(serving.get("/partner", &cookie).await.0, 200);
    assert_eq!(portal(&database, &partner, "").code, 1, "it is there already");

    // Usage: a bad row refuses the whole file and is named; a good file is taken, a second time it changes nothing.
    let good = "P-77;7728168971;ООО «Клиент»;kvm;vm-1;2026-01;45000,50".to_owned();
    let bad = "P-78;7728168971;ООО «Клиент»;kvm;vm-1;2026-01;1".to_owned();
    let refused = portal(&database, &["usage", "import", &write_usage(folder.path(), "bad.csv", &[good.clone(), bad])], "");
    assert_eq!((refused.code, &refused.answer["state"]), (1, &Value::from("refused")), "{}", refused.words);
    assert_eq!(refused.answer["problems"][0]["line"], 3);
    let file = write_usage(folder.path(), "january.csv", &[good]);
    let preview = portal(&database, &["usage", "import", "--preview", &file], "").answer;
    assert_eq!((&preview["state"], &preview["ledger"]["corrected_partners"]), (&"previewed".into(), &0.into()));
    let taken = portal(&database, &["usage", "import", &file], "");
    assert_eq!((taken.code, &taken.answer["new"]), (0, &Value::from(1)), "{}", taken.words);
    assert_eq!(taken.answer["new_rows"][0]["client"], "ООО «Клиент»", "{}", taken.answer);
    assert_eq!(taken.answer["changed_rows"], Value::Array(Vec::new()));
    assert_eq!(portal(&database, &["usage", "import", &file], "").answer["unchanged"], 1);
    let changed = write_usage(folder.path(), "again.csv", &["P-77;7728168971;ООО «Клиент»;kvm;vm-1;2026-01;46000,00".to_owned()]);
    let taken = portal(&database, &["usage", "import", &changed], "").answer;
    let row = &taken["changed_rows"][0];
    assert_eq!((&row["line"], &row["resource"], &row["month"]), (&Value::from(2), &Value::from("vm-1"), &Value::from("2026-01")), "{row}");
    assert!(row["before"].to_string().contains("45000.50") && row["after"].to_string().contains("46000.00"), "{row}");
    let missing = portal(&database, &["usage", "import", "/nonexistent.csv"], "");
    assert!(missing.code == 2 && missing.words.contains("/nonexistent.csv"), "{}", missing.words);

    // Months in their order.
    assert_eq!(portal(&database, &["month", "close", "2026-03"], "").code, 1, "January comes first");
    let closed = portal(&database, &["month", "close", "2026-01"], "");
    assert_eq!((closed.code, &closed.answer["month"]), (0, &Value::from("2026-01")), "{}", closed.words);
    assert_eq!(portal(&database, &["month", "close", "2026-01"], "").code, 1, "once");
    assert_eq!(portal(&database, &["month", "close", "January"], "").code, 2);

    let explained = portal(&database, &["level", "explain", "P-77", "--on", "2026-02-01"], "");
    assert_eq!(explained.code, 0, "{}", explained.words);
    assert!(explained.answer.to_string().contains("professional"), "{}", explained.answer);
    let unknown = portal(&database, &["level", "explain", "P-99"], "");
    assert!(unknown.code == 1 && unknown.words.contains("P-99"), "{}", unknown.words);

    // The whole ledger again; a row that was changed behind the portal's back is found and named.
    let verified = portal(&database, &["ledger", "verify"], "");
    assert_eq!((verified.code, &verified.answer["difference"]), (0, &Value::Null), "{}", verified.words);
    assert_eq!((&verified.answer["partners"], &verified.answer["entries"]), (&Value::from(1), &Value::from(1)));
    let mut owner = app.owner().await;
    sqlx::query("update usage_rows set gross = gross + 100").execute(&mut owner).await.expect("a change");
    let broken = portal(&database, &["ledger", "verify"], "");
    assert!(broken.code == 1 && broken.words.contains("P-77, RATE-4 2026-01 bank"), "{} {}", broken.code, broken.words);
    sqlx::query("update usage_rows set gross = gross - 100").execute(&mut owner).await.expect("a change");

    // A demo is for an empty database.
    let demo = portal(&database, &["demo"], "");
    assert!(demo.code == 1 && demo.words.contains("not the demo's"), "{}", demo.words);
    assert_eq!(portal(&database, &["migrate"], "").code, 0);
}
