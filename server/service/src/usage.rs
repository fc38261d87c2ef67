//! The provider's billing files: preview, commit, history (`USE-1`, `USE-2`, `USE-4`).

mod file;

use std::collections::BTreeMap;
use std::io::Read;

use chrono::TimeDelta;
use domain::calendar::{BusinessDate, Month};
use domain::ids::{LateFactId, PartnerId, UsageImportId};
use domain::level::{DifferingDays, differences, timeline};
use domain::money::Money;
use domain::permission::Action;
use domain::service::ServiceCode;
use domain::usage::{LineProblem, Reference, RowProblem};
use serde_json::json;
use store::late_facts::LateFactSubject;
use store::usage_imports::Differences;
pub use store::usage_imports::{MonthTotal, RowDifference, UsageImport};
use store::{Connection, Scope, Transaction};
use uuid::Uuid;

use self::file::FileReading;
use crate::audit::{self, Change};
use crate::late_facts::{MoneyMove, consequences_of_file, propose};
use crate::level_record::level_changes_record_of;
use crate::requests::{PAGE, Page};
use crate::{Actor, Error, Refusal, Result, Services, Viewer};

/// Problems that are kept and shown; all are counted.
pub const PROBLEMS_KEPT: usize = 1000;
/// Month totals that a preview shows; all are counted.
pub const TOTALS_SHOWN: i64 = 1000;
/// Changed rows that a preview shows, and new ones; all are counted.
pub const ROWS_SHOWN: i64 = 50;
/// Corrected partners whose money a preview works out: each is computed from scratch; all are counted.
pub const CORRECTED_PARTNERS: usize = 500;
/// Moves that a preview names one by one, the largest first; all that are worked out are summed.
const MOVES_SHOWN: usize = 100;
/// Partners whose facts are loaded at once.
pub(crate) const BATCH: usize = 500;
/// Hours after which a preview nobody came back for is discarded.
const PREVIEW_HOURS: i64 = 24;

/// Levels of a partner that a correction would change, though it may not (`USE-4`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelDifference {
    /// Which partner.
    pub partner_id: PartnerId,
    /// What billing calls it.
    pub partner_code: String,
    /// Its name.
    pub partner_name: String,
    /// The days, with the models of record and with the correction.
    pub days: Vec<DifferingDays>,
}

/// What a correction of closed months moves in the ledger with the next close (`REB-5`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CorrectionMoney {
    /// What moves, the largest sums first; at most [`MOVES_SHOWN`] of them.
    pub moves: Vec<(PartnerId, String, MoneyMove)>,
    /// How many sums move.
    pub move_count: usize,
    /// What they move together, RUB.
    pub total: Money,
    /// How many partners that was worked out for: all, but for very many.
    pub computed_count: usize,
    /// How many partners the file corrects in closed months.
    pub partner_count: usize,
}

/// What became of an import.
#[derive(Clone, Debug)]
pub struct CommittedImport {
    /// The import.
    pub import: UsageImport,
    /// Corrections put aside, since they would change levels of days already past: staff decide on them (`USE-4`).
    pub proposed: Vec<LateFactId>,
}

/// What an import would do, or why it can't be taken.
#[derive(Clone, Debug)]
pub struct ImportPreview {
    /// The import: counts, problems, months. Its state is `previewed` or `refused`; later `committed` or `discarded`.
    pub import: UsageImport,
    /// Revenue of partners' months before and after, while the import waits. At most [`TOTALS_SHOWN`].
    pub totals: Vec<MonthTotal>,
    /// How many of them there are.
    pub total_count: i64,
    /// The first rows that would change an amount, while the import waits. At most [`ROWS_SHOWN`].
    pub changed_rows: Vec<RowDifference>,
    /// The first rows that would be new, likewise.
    pub new_rows: Vec<RowDifference>,
    /// Levels that the correction would change: the commit puts these partners' rows of closed months aside (`USE-4`).
    pub level_differences: Vec<LevelDifference>,
    /// What its corrections move in the ledger: on the page of the import, while it waits.
    pub money: CorrectionMoney,
}

impl Services {
    /// Reads a billing file whole and says what it would change, or everything that is wrong with it. Nothing but
    /// the waiting rows is written; [`Services::usage_commit`] takes them.
    ///
    /// # Errors
    /// [`Error::Unexpected`] where the file can't be read to its end. Bad rows are no error: the import is `refused`.
    pub async fn usage_preview(
        &self,
        actor: Actor<'_>,
        file_name: &str,
        file: impl Read + Send + 'static,
        is_correction: bool,
    ) -> Result<ImportPreview> {
        actor.require(Action::ImportUsage)?;
        let now = self.now();
        let id = UsageImportId(Uuid::now_v7());
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        for old in store::usage_imports::discard_older(&mut transaction, now - TimeDelta::hours(PREVIEW_HOURS), now).await? {
            let change = Change {
                action: "usage_import.discard",
                object_kind: "usage_import",
                object_id: &old.to_string(),
                partner_id: None,
                before: Some(json!({ "state": "previewed" })),
                after: Some(json!({ "state": "discarded" })),
            };
            audit::record(&mut transaction, Actor::Command("expiry"), now, change).await?;
        }

        let closed_through = store::months::closed_through(&mut transaction).await?;
        let partners = store::usage_imports::known_partners(&mut transaction).await?;
        let services = catalogue(&mut transaction).await?;
        let reference = Reference::new(partners, services, BusinessDate::of(now), closed_through, is_correction);
        let reading = self::file::stage(&mut transaction, file, reference, id).await?;

        store::usage_imports::resolve(&mut transaction, id).await?;
        let (repeated_count, repeated) =
            store::usage_imports::repeated_lines(&mut transaction, i64::try_from(PROBLEMS_KEPT).unwrap_or(i64::MAX)).await?;
        let FileReading { row_count, gross_total, months, mut problems, problem_count, content_sha256 } = reading;
        problems.extend(repeated.into_iter().map(|repeated| LineProblem {
            line: u64::try_from(repeated.line).unwrap_or_default(),
            problem: RowProblem::DuplicateKey { first_line: u64::try_from(repeated.first_line).unwrap_or_default() },
        }));
        problems.sort_by_key(|problem| problem.line);
        problems.truncate(PROBLEMS_KEPT);
        let problem_count = problem_count + u64::try_from(repeated_count).unwrap_or_default();

        let refused = problem_count > 0;
        let found = if refused {
            store::usage_imports::clear_staging(&mut transaction, id).await?;
            Differences::default()
        } else {
            store::usage_imports::compare(&mut transaction).await?
        };
        let row_count = store::usage_imports::row_count(row_count)?;
        let import = UsageImport {
            id,
            file_name: file_name.chars().take(200).collect(),
            content_sha256,
            state: if refused { "refused" } else { "previewed" }.to_owned(),
            is_correction,
            row_count,
            new_count: found.new,
            changed_count: found.changed,
            unchanged_count: if refused { 0 } else { row_count - found.new - found.changed },
            gross_total,
            problems,
            problem_count: store::usage_imports::row_count(problem_count)?,
            months,
            uploaded_by_name: actor.person().map(|viewer| viewer.display_name.clone()),
            uploaded_at: now,
            finished_at: None,
        };
        store::usage_imports::insert(&mut transaction, &import, actor.person().map(|viewer| viewer.user_id)).await?;
        let preview = self.preview_of(&mut transaction, import, closed_through).await?;
        self.import_change(&mut transaction, actor, "usage_import.preview", &preview.import, None).await?;
        transaction.commit().await?;
        Ok(preview)
    }

    /// Takes a previewed import, whole or not at all: clients, resources, rows, corrections, revenue. Rows are
    /// compared again, so the counts may differ from the preview's where another import came between.
    ///
    /// # Errors
    /// [`Refusal::ImportFinished`]; [`Refusal::ImportOutdated`] where a month was closed since or the waiting rows were lost.
    pub async fn usage_commit(&self, actor: Actor<'_>, id: UsageImportId) -> Result<CommittedImport> {
        actor.require(Action::ImportUsage)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        store::usage_rows::lock(&mut transaction).await?;
        let import = previewed(&mut transaction, id).await?;
        let closed_through = store::months::closed_through(&mut transaction).await?;
        let closed = |month: &Month| closed_through.is_some_and(|last| *month <= last);
        let touches_closed = import.months.iter().any(closed);
        let staged = store::usage_imports::staged_rows(&mut transaction, id).await?;
        if staged != i64::from(import.row_count) || (touches_closed && !import.is_correction) {
            return Err(Refusal::ImportOutdated.into());
        }

        store::usage_rows::insert_clients(&mut transaction, id, now).await?;
        store::usage_imports::resolve(&mut transaction, id).await?;
        let found = store::usage_imports::compare(&mut transaction).await?;
        let (mut corrected, mut proposed) = (Vec::new(), Vec::new());
        if let Some(closed_through) = closed_through.filter(|_| touches_closed) {
            store::partners::lock_all_levels(&mut transaction).await?;
            proposed = propose_corrections(&mut transaction, actor, id, closed_through, now).await?;
            corrected = store::usage_imports::corrected_partners(&mut transaction, Some(closed_through)).await?;
        }
        store::usage_rows::insert_resources(&mut transaction).await?;
        store::usage_rows::write_differences(&mut transaction, id).await?;
        store::usage_rows::insert_corrections(&mut transaction, id, closed_through, now).await?;
        store::usage_rows::refresh_revenues(&mut transaction).await?;
        if !corrected.is_empty() {
            // No level changes by it, but the facts a recorded change names may; and the money follows with the next close (REB-5).
            store::partner_month_sums::mark_for_recomputation(&mut transaction, &corrected, now).await?;
            let terms = store::terms_versions::schedule(&mut transaction).await?;
            for ids in corrected.chunks(BATCH) {
                let facts = store::partners::facts(&mut transaction, ids).await?;
                level_changes_record_of(&mut transaction, actor, &facts, &terms, now).await?;
            }
        }
        store::usage_imports::commit(&mut transaction, id, found, now).await?;
        store::usage_imports::clear_staging(&mut transaction, id).await?;
        let committed = store::usage_imports::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        self.import_change(&mut transaction, actor, "usage_import.commit", &committed, Some(&import)).await?;
        transaction.commit().await?;
        Ok(CommittedImport { import: committed, proposed })
    }

    /// Drops a previewed import and its waiting rows.
    pub async fn usage_discard(&self, actor: Actor<'_>, id: UsageImportId) -> Result<()> {
        actor.require(Action::ImportUsage)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        let import = previewed(&mut transaction, id).await?;
        store::usage_imports::discard(&mut transaction, id, now).await?;
        store::usage_imports::clear_staging(&mut transaction, id).await?;
        let discarded = UsageImport { state: "discarded".to_owned(), ..import.clone() };
        self.import_change(&mut transaction, actor, "usage_import.discard", &discarded, Some(&import)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The history of imports, newest first.
    pub async fn usage_imports_page(&self, viewer: &Viewer, after: Option<&str>) -> Result<Page<UsageImport>> {
        viewer.require(Action::ViewUsage)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut lines = store::usage_imports::newest(&mut transaction, place(after), PAGE + 1).await?;
        let length = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = lines.len() > length;
        lines.truncate(length);
        let next = lines.last().filter(|_| more).map(|last| format!("{}_{}", last.uploaded_at.timestamp_micros(), last.id));
        Ok(Page { lines, next })
    }

    /// One import; while it waits, with what it would change as of now.
    pub async fn usage_import_detail(&self, viewer: &Viewer, id: UsageImportId) -> Result<ImportPreview> {
        viewer.require(Action::ViewUsage)?;
        self.import_detail(id).await
    }

    /// The same for an operator at the command line, who decides on it there.
    pub async fn usage_import_waiting(&self, actor: Actor<'_>, id: UsageImportId) -> Result<ImportPreview> {
        actor.require(Action::ImportUsage)?;
        self.import_detail(id).await
    }

    async fn import_detail(&self, id: UsageImportId) -> Result<ImportPreview> {
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut import = store::usage_imports::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let closed_through = store::months::closed_through(&mut transaction).await?;
        if import.state == "previewed" {
            transaction.allow_long_statements().await?;
            store::usage_imports::resolve(&mut transaction, id).await?;
            let found = store::usage_imports::compare(&mut transaction).await?;
            import.new_count = found.new;
            import.changed_count = found.changed;
            import.unchanged_count = import.row_count - found.new - found.changed;
        }
        let id = import.id;
        let mut preview = self.preview_of(&mut transaction, import, closed_through).await?;
        if let Some(last) =
            closed_through.filter(|last| preview.import.state == "previewed" && preview.import.months.iter().any(|month| month <= last))
        {
            preview.money = correction_money(&mut transaction, id, last, self.today()).await?;
        }
        Ok(preview)
    }

    /// What the compared file would change; nothing where the import does not wait.
    async fn preview_of(&self, connection: &mut Connection, import: UsageImport, closed_through: Option<Month>) -> Result<ImportPreview> {
        if import.state != "previewed" {
            return Ok(ImportPreview {
                import,
                totals: Vec::new(),
                total_count: 0,
                changed_rows: Vec::new(),
                new_rows: Vec::new(),
                level_differences: Vec::new(),
                money: CorrectionMoney::default(),
            });
        }
        let totals = store::usage_imports::month_totals(connection, None, TOTALS_SHOWN).await?;
        let total_count = store::usage_imports::month_total_count(connection).await?;
        let rows = store::usage_imports::row_differences(connection, ROWS_SHOWN).await?;
        let (changed_rows, new_rows) = rows.into_iter().partition(|row| row.before.is_some());
        let level_differences = match closed_through {
            Some(last) if import.months.iter().any(|month| *month <= last) => {
                let corrected = store::usage_imports::month_totals(connection, closed_through, i64::MAX).await?;
                level_differences(connection, &corrected, self.today()).await?
            }
            _ => Vec::new(),
        };
        let money = CorrectionMoney::default();
        Ok(ImportPreview { import, totals, total_count, changed_rows, new_rows, level_differences, money })
    }

    async fn import_change(
        &self,
        connection: &mut Connection,
        actor: Actor<'_>,
        action: &str,
        import: &UsageImport,
        before: Option<&UsageImport>,
    ) -> Result<()> {
        let change = Change {
            action,
            object_kind: "usage_import",
            object_id: &import.id.to_string(),
            partner_id: None,
            before: before.map(|before| json!({ "state": before.state })),
            after: Some(json!({
                "state": import.state, "file": import.file_name, "correction": import.is_correction, "rows": import.row_count,
                "new": import.new_count, "changed": import.changed_count, "gross": import.gross_total, "problems": import.problem_count
            })),
        };
        audit::record(connection, actor, self.now(), change).await
    }
}

/// What the compared file moves in the ledger.
async fn correction_money(
    transaction: &mut Transaction,
    id: UsageImportId,
    closed_through: Month,
    today: BusinessDate,
) -> Result<CorrectionMoney> {
    let totals = store::usage_imports::month_totals(transaction, Some(closed_through), i64::MAX).await?;
    let names: BTreeMap<PartnerId, String> = totals.into_iter().map(|total| (total.partner_id, total.partner_name)).collect();
    let ids: Vec<PartnerId> = names.keys().copied().take(CORRECTED_PARTNERS).collect();
    let mut moves = Vec::new();
    for (partner_id, found) in consequences_of_file(transaction, &ids, id, today).await? {
        let name = names.get(&partner_id).cloned().unwrap_or_default();
        moves.extend(found.money.into_iter().map(|moved| (partner_id, name.clone(), moved)));
    }
    let (move_count, total) = (moves.len(), moves.iter().map(|(_, _, moved)| moved.amount).sum());
    moves.sort_by_key(|(partner_id, _, moved)| (std::cmp::Reverse(moved.amount.max(-moved.amount)), *partner_id));
    moves.truncate(MOVES_SHOWN);
    Ok(CorrectionMoney { moves, move_count, total, computed_count: ids.len(), partner_count: names.len() })
}

/// The import, locked, if it still waits.
async fn previewed(connection: &mut Connection, id: UsageImportId) -> Result<UsageImport> {
    let import = store::usage_imports::find_for_update(connection, id).await?.ok_or(Error::NotFound)?;
    if import.state == "previewed" { Ok(import) } else { Err(Refusal::ImportFinished.into()) }
}

/// Puts aside the corrections of partners whose level of past days they would change, each as a proposed fact (`USE-4`).
async fn propose_corrections(
    transaction: &mut Transaction,
    actor: Actor<'_>,
    import_id: UsageImportId,
    closed_through: Month,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<LateFactId>> {
    let today = BusinessDate::of(now);
    let totals = store::usage_imports::month_totals(transaction, Some(closed_through), i64::MAX).await?;
    let ids: Vec<PartnerId> = level_differences(transaction, &totals, today).await?.into_iter().map(|found| found.partner_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut facts = Vec::with_capacity(ids.len());
    for (partner_id, found) in consequences_of_file(transaction, &ids, import_id, today).await? {
        let fact = propose(transaction, actor, partner_id, LateFactSubject::UsageCorrection { import_id }, &found, now).await?;
        store::late_facts::set_rows_aside(transaction, fact, partner_id, closed_through).await?;
        facts.push(fact);
    }
    Ok(facts)
}

/// Service codes with the names a file may use for them.
async fn catalogue(connection: &mut Connection) -> Result<Vec<(ServiceCode, Vec<String>)>> {
    let services = store::clients::services(connection).await?;
    services
        .into_iter()
        .map(|service| {
            let code = service.code.parse().map_err(Error::unexpected)?;
            Ok((code, vec![service.name_ru, service.name_en]))
        })
        .collect()
}

/// The levels that corrected revenue of closed months would change, through today: a level decided this morning is a decision, too.
async fn level_differences(connection: &mut Connection, corrected: &[MonthTotal], today: BusinessDate) -> Result<Vec<LevelDifference>> {
    let mut by_partner: BTreeMap<PartnerId, Vec<&MonthTotal>> = BTreeMap::new();
    for total in corrected {
        by_partner.entry(total.partner_id).or_default().push(total);
    }
    let ids: Vec<PartnerId> = by_partner.keys().copied().collect();
    let terms = store::terms_versions::schedule(connection).await?;
    let mut found = Vec::new();
    for ids in ids.chunks(BATCH) {
        for facts in store::partners::facts(connection, ids).await? {
            let accepted = timeline(&facts.level, &terms, today);
            let mut proposed = facts.level.clone();
            for total in by_partner.get(&facts.partner.id).into_iter().flatten() {
                proposed.revenue.insert(total.month, total.after);
            }
            let mut days = differences(&accepted, &timeline(&proposed, &terms, today), today);
            days.retain(DifferingDays::level_differs);
            if !days.is_empty() {
                found.push(LevelDifference {
                    partner_id: facts.partner.id,
                    partner_code: facts.partner.code,
                    partner_name: facts.partner.name,
                    days,
                });
            }
        }
    }
    Ok(found)
}

fn place(text: Option<&str>) -> Option<(chrono::DateTime<chrono::Utc>, UsageImportId)> {
    let (microseconds, id) = text?.split_once('_')?;
    Some((chrono::DateTime::from_timestamp_micros(microseconds.parse().ok()?)?, id.parse().ok()?))
}
