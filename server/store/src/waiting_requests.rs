//! What the rules look at when a waiting request is checked again: of any number of requests in one statement.

use std::collections::HashMap;

use domain::bonus_code::QuarterUse;
use domain::calendar::BusinessDate;
use domain::free_month::ClientFacts;
use domain::ids::RequestId;
use domain::terms::TermsSchedule;
use serde::Deserialize;
use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::bonus_codes::QuarterRow;
use crate::free_month_requests::{CLIENT_FACTS, ClientFactsJson};
use crate::terms_versions::schedule_from_json;
use crate::{Connection, Error, Result};

/// The facts behind one request, the request itself left out of them.
#[derive(Clone, Debug)]
pub enum WaitingFacts {
    /// Bonus codes.
    BonusCodes {
        /// The face values asked for, in their order, whole RUB.
        faces: Vec<i64>,
        /// What the other requests hold of its quarter.
        quarter_use: QuarterUse,
    },
    /// A free month.
    FreeMonth {
        /// Names of the virtual machines it is for.
        resources: Vec<String>,
        /// The client without the request.
        client: ClientFacts,
    },
}

#[derive(Deserialize)]
struct BonusCodesJson {
    id: RequestId,
    quarter: BusinessDate,
    faces: Vec<i64>,
    held: QuarterRow,
}

#[derive(Deserialize)]
struct FreeMonthJson {
    id: RequestId,
    resources: Vec<String>,
    client: ClientFactsJson,
}

/// The facts of requests that wait, by id, and the terms. A request that does not wait has none.
pub async fn facts(connection: &mut Connection, ids: &[RequestId]) -> Result<(TermsSchedule, HashMap<RequestId, WaitingFacts>)> {
    let statement = format!(
        "select (select jsonb_agg(jsonb_build_object('id', t.id, 'valid_from', t.valid_from, 'parameters', t.parameters)) from terms_versions t),
                (select coalesce(jsonb_agg(jsonb_build_object('id', b.request_id, 'quarter', b.quarter,
                            'faces', array(select i.face from bonus_code_request_items i where i.request_id = b.request_id order by i.position),
                            'held', jsonb_build_object('granted_codes', q.granted_codes, 'pending_codes', q.pending_codes - b.codes,
                                                       'granted_value', q.granted_value, 'pending_value', q.pending_value - b.value))), '[]')
                   from bonus_code_requests b
                   join requests r on r.id = b.request_id and r.status in ('submitted', 'in_review', 'action_required')
                   join bonus_code_quarters q on q.partner_id = b.partner_id and q.quarter = b.quarter
                  where b.request_id = any($1)),
                (select coalesce(jsonb_agg(jsonb_build_object('id', a.request_id,
                            'resources', array(select v.name from free_month_request_resources x join resources v on v.id = x.resource_id
                                                where x.request_id = a.request_id order by v.name),
                            'client', (select {CLIENT_FACTS} from clients c where c.id = a.client_id))), '[]')
                   from free_month_requests a
                   join requests r on r.id = a.request_id and r.status in ('submitted', 'in_review', 'action_required')
                  where a.request_id = any($1))"
    );
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    // Put together from texts of this crate alone.
    let (terms, codes, months): (Option<Value>, Value, Value) =
        sqlx::query_as(AssertSqlSafe(statement)).bind(ids).fetch_one(connection).await?;
    let codes: Vec<BonusCodesJson> = serde_json::from_value(codes).map_err(|_| Error::inconsistent("bonus_code_requests", "request_id"))?;
    let months: Vec<FreeMonthJson> =
        serde_json::from_value(months).map_err(|_| Error::inconsistent("free_month_requests", "request_id"))?;
    let codes = codes.into_iter().map(|line| {
        let quarter_use = line.held.into_use(line.quarter.quarter())?;
        Ok((line.id, WaitingFacts::BonusCodes { faces: line.faces, quarter_use }))
    });
    let months = months.into_iter().map(|line| {
        let client = line.client.into_facts(Some(line.id));
        Ok((line.id, WaitingFacts::FreeMonth { resources: line.resources, client }))
    });
    Ok((schedule_from_json(terms)?, codes.chain(months).collect::<Result<_>>()?))
}
