//! The rows of billing behind a sum, down to client, month and machine (`WHY-1`): of an entry, of what is projected, of what the rate
//! took off.

use std::collections::{BTreeMap, BTreeSet};

use domain::accrual::{RowFacts, RowPart, SumOfRows};
use domain::calendar::Month;
use domain::ids::ClientId;
use domain::money::Money;
use domain::rebate::RebateKind;
use domain::rule::Rule;
use domain::service::ServiceCode;
use store::Connection;
use store::ledger_entries::Entry;
use store::usage_rows::RowPlace;

use crate::accruals::PartnerBooks;
use crate::paging::cut_to_page;
use crate::requests::Page;
use crate::{Error, Result, Standing};

/// Clients on a page of what makes a sum.
const CLIENTS_SHOWN: usize = 50;
/// Rows of a client on a page of what makes a sum.
const ROWS_SHOWN: i64 = 100;

/// A client's part of a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPart {
    /// Which client.
    pub client_id: ClientId,
    /// Its name.
    pub name: String,
    /// Gross of its rows, RUB.
    pub gross: Money,
    /// What they add to the sum, RUB.
    pub part: Money,
    /// How many rows.
    pub rows: usize,
}

/// A row behind a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct RowBehind {
    /// Which month.
    pub month: Month,
    /// Which service.
    pub service: ServiceCode,
    /// Which machine or other resource.
    pub resource: String,
    /// What was billed, RUB.
    pub gross: Money,
    /// What it is worth.
    pub worth: RowPart,
}

/// The rows of one client behind a sum.
#[derive(Clone, Debug)]
pub struct ClientRows {
    /// The client, with its sums over all pages.
    pub client: ClientPart,
    /// The rows by month, service and resource.
    pub page: Page<RowBehind>,
}

/// The rows behind a sum, as billing has them today.
#[derive(Clone, Debug)]
pub struct RowsBehind {
    /// Of which sum.
    pub sum: SumOfRows,
    /// Clients of this page, the largest part first.
    pub clients: Page<ClientPart>,
    /// How many clients there are in all.
    pub client_count: usize,
    /// The sum of all parts, RUB.
    pub total: Money,
    /// What the sum was computed on, RUB: all entries of a rule and period have it as their base together.
    pub posted: Money,
    /// The rows of the chosen client.
    pub chosen: Option<ClientRows>,
}

impl RowsBehind {
    /// The sum that the rows give: growth below nothing is nothing.
    pub fn base(&self) -> Money {
        if matches!(self.sum, SumOfRows::Base(Rule::Rebate3, _)) { self.total.max(Money::ZERO) } else { self.total }
    }
}

/// Where a reader stands in the rows behind a sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowsPlace {
    /// The client whose rows are shown.
    pub client: Option<ClientId>,
    /// The list of clients, or of the chosen one's rows, continues behind this.
    pub after: Option<String>,
}

/// The rows that make an entry's base; none where no usage does. `related` are the other entries of its rule and period.
pub(crate) async fn behind_entry(
    connection: &mut Connection,
    standing: &Standing,
    entry: &Entry,
    related: &[Entry],
    place: &RowsPlace,
) -> Result<Option<RowsBehind>> {
    let (rule, period) = (entry.rule, entry.period);
    let from_usage = rule == Rule::Rate4 || RebateKind::of_rule(rule).is_some() || (rule == Rule::Sales1 && entry.client_id.is_some());
    if !entry.kind.is_computed() || !from_usage {
        return if place.client.is_some() { Err(Error::NotFound) } else { Ok(None) };
    }
    let computed = std::iter::once(entry).chain(related).filter(|one| one.kind.is_computed() && one.rule == rule && one.period == period);
    let posted = computed.map(|one| one.base).sum();
    // A bonus of `SALES-1` is for one client.
    let only = entry.client_id.filter(|_| rule == Rule::Sales1);
    rows_behind(connection, standing, SumOfRows::Base(rule, period), only, posted, place).await.map(Some)
}

/// The rows that make a sum: of one client only, where one is named. `posted` is what the sum was computed on.
///
/// # Errors
/// [`Error::NotFound`] where the chosen client has no row in it.
pub(crate) async fn rows_behind(
    connection: &mut Connection,
    standing: &Standing,
    sum: SumOfRows,
    only: Option<ClientId>,
    posted: Money,
    place: &RowsPlace,
) -> Result<RowsBehind> {
    let partner_id = standing.facts.partner.id;
    let picks = store::client_rate_choices::once_picks(connection, &[partner_id]).await?;
    let book = PartnerBooks::new(&standing.facts, &standing.terms, &picks);
    let usage = store::partner_month_sums::usage(connection, &[partner_id], sum.first_month(), sum.last_month()).await?;
    let part_of = |client: ClientId, month: Month, service: &ServiceCode, gross: Money| {
        sum.part(&RowFacts { month, service, gross, share: book.share(client) }, &book.money)
    };
    let (mut parts, mut months, mut services) = (BTreeMap::<ClientId, ClientPart>::new(), BTreeSet::new(), BTreeSet::new());
    for line in usage.iter().filter(|line| only.is_none_or(|client| line.client_id == client)) {
        let Some(worth) = part_of(line.client_id, line.month, &line.service, line.gross) else { continue };
        months.insert(line.month);
        services.insert(line.service.clone());
        let client_id = line.client_id;
        let empty = ClientPart { client_id, name: String::new(), gross: Money::ZERO, part: Money::ZERO, rows: 0 };
        let client = parts.entry(client_id).or_insert(empty);
        client.gross += line.gross;
        client.part += worth.part;
        client.rows += 1;
    }
    let (total, client_count) = (parts.values().map(|client| client.part).sum(), parts.len());

    let chosen = match place.client {
        None => None,
        Some(client) => Some(parts.get(&client).cloned().ok_or(Error::NotFound)?),
    };
    let mut clients = if chosen.is_some() { Page { lines: Vec::new(), next: None } } else { page_of_clients(parts, place)? };
    let named: Vec<ClientId> = clients.lines.iter().chain(&chosen).map(|client| client.client_id).collect();
    let names: BTreeMap<ClientId, String> = store::clients::names(connection, partner_id, &named).await?.into_iter().collect();
    for client in &mut clients.lines {
        client.name = names.get(&client.client_id).cloned().unwrap_or_default();
    }
    let chosen = match chosen {
        None => None,
        Some(mut client) => {
            client.name = names.get(&client.client_id).cloned().unwrap_or_default();
            let (months, services): (Vec<_>, Vec<_>) = (months.into_iter().collect(), services.into_iter().collect());
            let after = place.after.as_deref().map(row_place).transpose()?;
            let id = client.client_id;
            let read = (months.as_slice(), services.as_slice());
            let mut rows = store::usage_rows::of_client(connection, partner_id, id, read, after.as_ref(), ROWS_SHOWN + 1).await?;
            let more = cut_to_page(&mut rows, ROWS_SHOWN);
            let next = rows.last().filter(|_| more).map(|last| format!("{}/{}/{}", last.month, last.service, last.resource));
            let lines = rows.into_iter().filter_map(|row| {
                let worth = part_of(id, row.month, &row.service, row.gross)?;
                Some(RowBehind { month: row.month, service: row.service, resource: row.resource, gross: row.gross, worth })
            });
            Some(ClientRows { client, page: Page { lines: lines.collect(), next } })
        }
    };
    Ok(RowsBehind { sum, clients, client_count, total, posted, chosen })
}

/// A page of clients, the largest part first.
fn page_of_clients(parts: BTreeMap<ClientId, ClientPart>, place: &RowsPlace) -> Result<Page<ClientPart>> {
    let mut lines: Vec<ClientPart> = parts.into_values().collect();
    lines.sort_by(|one, other| other.part.cmp(&one.part).then(one.client_id.cmp(&other.client_id)));
    if let Some(after) = &place.after {
        let after: ClientId = after.parse().map_err(|_| Error::NotFound)?;
        let at = lines.iter().position(|client| client.client_id == after).ok_or(Error::NotFound)?;
        lines.drain(..=at);
    }
    let more = lines.len() > CLIENTS_SHOWN;
    lines.truncate(CLIENTS_SHOWN);
    let next = lines.last().filter(|_| more).map(|last| last.client_id.to_string());
    Ok(Page { lines, next })
}

/// The place of a row in an address: `2026-01/kvm/vm-1`.
fn row_place(text: &str) -> Result<RowPlace> {
    let mut pieces = text.splitn(3, '/');
    let (Some(month), Some(service), Some(resource)) = (pieces.next(), pieces.next(), pieces.next()) else { return Err(Error::NotFound) };
    Ok((month.parse().map_err(|_| Error::NotFound)?, service.to_owned(), resource.to_owned()))
}
