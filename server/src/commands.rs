//! What the subcommands besides `serve` and `migrate` do. Their answers are JSON on standard output, so that people and
//! programs read the same; why one was refused goes to standard error.

use std::fs::File;
use std::io::{BufReader, Write};
use std::sync::Arc;

use domain::permission::Role;
use serde_json::{Value, json};
use service::accounts::{CreatedPerson, NewPartner, NewPerson};
use service::demo::DEMO_PASSWORD;
use service::usage::RowDifference;
use service::{Actor, Error, Passwords, Refusal, Services, SystemClock};

use crate::configuration::{
    DatabaseArguments, DemoArguments, LevelExplainArguments, MonthCloseArguments, PartnerCreateArguments, PersonArguments,
    StaffCreateArguments, UsageImportArguments,
};
use crate::database::Occupied;
use crate::serve::{Failure, run_migrations};

/// Fills the database with demo data; a second run changes nothing.
pub async fn demo(arguments: &DemoArguments) -> Result<(), Failure> {
    with_services(&arguments.database, async |services| {
        let outcome = services.demo_load(arguments.seed).await.map_err(explain)?;
        if outcome.accounts.is_empty() {
            return Err(Failure::Refused("the database holds data that are not the demo's; nothing was added".to_owned()));
        }
        let accounts: Vec<Value> = outcome
            .accounts
            .iter()
            .map(|account| json!({ "email": account.email, "role": account.role, "partner": account.partner }))
            .collect();
        print(&json!({ "made": outcome.made, "password": DEMO_PASSWORD, "accounts": accounts }));
        Ok(())
    })
    .await
}

/// Imports a billing file: whole, or not at all with every bad row (`USE-2`).
pub async fn usage_import(arguments: &UsageImportArguments) -> Result<(), Failure> {
    let file = File::open(&arguments.file).map_err(|error| Failure::BadInput(format!("{}: {error}", arguments.file.display())))?;
    let name = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    with_services(&arguments.database, async |services| {
        let actor = Actor::Command("portal usage import");
        let read = services.usage_preview(actor, &name, BufReader::new(file), arguments.correction).await.map_err(explain)?;
        let preview = read.import;
        if preview.problem_count > 0 {
            print(&json!({ "state": "refused", "problem_count": preview.problem_count, "problems": preview.problems }));
            return Err(Failure::Refused(format!("{name}: {} bad rows, nothing was imported", preview.problem_count)));
        }
        let money = services.usage_import_waiting(actor, preview.id).await.map_err(explain)?.money;
        let ledger = json!({
            "corrected_partners": money.partner_count,
            "computed_partners": money.computed_count,
            "total": money.total,
            "largest": money.moves.iter().map(|(_, partner, moved)| {
                json!({ "partner": partner, "rule": moved.rule, "period": moved.period, "base": moved.base, "amount": moved.amount })
            }).collect::<Vec<_>>(),
        });
        let (import, proposed) = if arguments.preview {
            services.usage_discard(actor, preview.id).await.map_err(explain)?;
            (preview, Vec::new())
        } else {
            let committed = services.usage_commit(actor, preview.id).await.map_err(explain)?;
            (committed.import, committed.proposed)
        };
        print(&json!({
            "state": import.state,
            "rows": import.row_count,
            "new": import.new_count,
            "changed": import.changed_count,
            "unchanged": import.unchanged_count,
            "gross_total": import.gross_total,
            "months": import.months,
            "proposed_corrections": proposed,
            // What the corrections move in the ledger with the next close, as it was worked out before the import.
            "ledger": ledger,
            // The first of them, as they were found before the import.
            "changed_rows": read.changed_rows.iter().map(row_difference).collect::<Vec<_>>(),
            "new_rows": read.new_rows.iter().map(row_difference).collect::<Vec<_>>(),
        }));
        Ok(())
    })
    .await
}

fn row_difference(row: &RowDifference) -> Value {
    json!({
        "line": row.line,
        "client": row.client_name,
        "service": row.service,
        "resource": row.resource,
        "month": row.month,
        "before": row.before,
        "after": row.after,
    })
}

/// Closes a month (`USE-3`).
pub async fn month_close(arguments: &MonthCloseArguments) -> Result<(), Failure> {
    with_services(&arguments.database, async |services| {
        let decisions = services.month_close(Actor::Command("portal month close"), arguments.month).await.map_err(explain)?;
        let changes: Vec<Value> = decisions
            .changes
            .iter()
            .map(|change| {
                json!({
                    "partner": change.partner_code,
                    "from": change.from,
                    "before": change.before,
                    "model": change.model,
                    "rule": change.cause.rule(),
                    "cause": change.cause,
                })
            })
            .collect();
        let money = decisions.money.unwrap_or_default();
        let rules: Vec<Value> = money
            .rules
            .iter()
            .map(|(rule, total)| json!({ "rule": rule, "entries": total.entries, "accrued": total.accrued, "corrected": total.corrected }))
            .collect();
        print(&json!({ "month": decisions.month, "level_changes": changes, "money": rules }));
        Ok(())
    })
    .await
}

/// Computes the whole ledger again and names the first difference (`LED-2`).
pub async fn ledger_verify(arguments: &DatabaseArguments) -> Result<(), Failure> {
    with_services(arguments, async |services| {
        let verification = services.ledger_verify().await.map_err(explain)?;
        print(&json!(verification));
        match verification.difference {
            None => Ok(()),
            Some(difference) => Err(Failure::Refused(format!(
                "{}{}: expected {}, found {}",
                difference.partner.map(|code| format!("{code}, ")).unwrap_or_default(),
                difference.what,
                difference.expected,
                difference.found
            ))),
        }
    })
    .await
}

/// Says which level a partner has on a day and why (`LVL-9`).
pub async fn level_explain(arguments: &LevelExplainArguments) -> Result<(), Failure> {
    with_services(&arguments.database, async |services| {
        let explained = services.level_explain(&arguments.partner, arguments.on).await.map_err(|error| match error {
            Error::NotFound => Failure::Refused(format!("there is no partner {}", arguments.partner)),
            other => explain(other),
        })?;
        print(&json!({
            "partner": explained.partner.code,
            "name": explained.partner.name,
            "day": explained.day,
            "timeline": explained.timeline.changes,
            "outlook": explained.outlook,
        }));
        Ok(())
    })
    .await
}

/// Enters a partner with its first member.
pub async fn partner_create(arguments: &PartnerCreateArguments) -> Result<(), Failure> {
    let member = person(&arguments.member)?;
    with_services(&arguments.database, async |services| {
        let new = NewPartner {
            code: arguments.code.clone(),
            name: arguments.name.clone(),
            inn: arguments.inn.clone(),
            contract_date: arguments.contract_date.unwrap_or_else(|| services.today()),
            billing: arguments.billing,
            member,
        };
        let (id, created) = services.partner_create(Actor::Command("portal partner create"), new).await.map_err(explain)?;
        print(&with_password(json!({ "partner": id }), &created));
        Ok(())
    })
    .await
}

/// Enters a member of staff.
pub async fn staff_create(arguments: &StaffCreateArguments) -> Result<(), Failure> {
    let person = person(&arguments.person)?;
    with_services(&arguments.database, async |services| {
        let role = if arguments.admin { Role::StaffAdmin } else { Role::StaffReviewer };
        let created = services.staff_create(Actor::Command("portal staff create"), role, person).await.map_err(explain)?;
        print(&with_password(json!({ "user": created.user_id }), &created));
        Ok(())
    })
    .await
}

fn person(arguments: &PersonArguments) -> Result<NewPerson, Failure> {
    let password = if arguments.password_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|error| Failure::BadInput(format!("no password on standard input: {error}")))?;
        Some(line.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        None
    };
    Ok(NewPerson { email: arguments.email.clone(), display_name: arguments.display_name.clone(), password })
}

/// A password that was made up is shown here, once.
fn with_password(mut answer: Value, created: &CreatedPerson) -> Value {
    if let (Some(answer), Some(password)) = (answer.as_object_mut(), &created.made_up_password) {
        answer.insert("password".to_owned(), Value::from(password.clone()));
    }
    answer
}

/// Opens and migrates the database, beside a running `serve` too, and closes it whatever happens.
async fn with_services(arguments: &DatabaseArguments, work: impl AsyncFnOnce(&Services) -> Result<(), Failure>) -> Result<(), Failure> {
    let open = arguments.source()?.open(Occupied::Join).await?;
    let done = match run_migrations(&open).await {
        Ok(()) => {
            let database = store::Database::new(open.options().clone(), arguments.pool_limits());
            let passwords = Passwords::new(2).map_err(|error| Failure::refused("passwords can't be hashed", &error))?;
            let done = work(&Services::new(database.clone(), Arc::new(SystemClock), passwords)).await;
            database.close().await;
            done
        }
        refused => refused,
    };
    open.close().await?;
    done
}

/// Why a use case did not happen. Fields that can't be read are bad input, everything else is a refusal.
fn explain(error: Error) -> Failure {
    match &error {
        Error::Invalid(problems) => {
            let words: Vec<String> = problems.iter().map(|(field, problem)| format!("{field}: {problem}")).collect();
            Failure::BadInput(words.join("; "))
        }
        Error::NotFound => Failure::Refused("there is no such thing".to_owned()),
        Error::Refused(refusal) => Failure::Refused(match refusal {
            Refusal::MonthOutOfOrder { next } => format!("months are closed in order; {next} comes next"),
            Refusal::MonthNotOver { possible_on } => format!("the month is not over; it can be closed from {possible_on}"),
            Refusal::MonthClosed(month) => format!("{month} is closed already; nothing was changed"),
            other => other.to_string(),
        }),
        _ => Failure::refused("it did not happen", &error),
    }
}

/// The answer of a command. Nobody is left to tell where standard output is closed.
fn print(answer: &Value) {
    let _ = writeln!(std::io::stdout(), "{answer:#}");
}
