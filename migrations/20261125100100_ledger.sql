-- What partners earn (LED-1). Entries are only ever added.
create table ledger_entries (
    -- Which entry.
    id uuid primary key,
    -- Order of recording; people call an entry by it.
    number bigint generated always as identity constraint ledger_entries_number_key unique,
    -- Whose.
    partner_id uuid not null references partners,
    -- What it is: `accrual` by a rule, `correction` of one (REB-5), `adjustment` by hand, `reversal` of another entry.
    kind text not null constraint ledger_entries_kind check (kind in ('accrual', 'correction', 'adjustment', 'reversal')),
    -- The rule, such as RATE-4; LED-1 for adjustments.
    rule text not null,
    -- What it is for: 2026-02, 2026-Q2 or 2026-H1.
    period text not null constraint ledger_entries_period_shape check (period ~ '^[0-9]{4}-([0-9]{2}|Q[1-4]|H[12])$'),
    -- First day of the period's first month.
    period_first date not null,
    -- First day of the period's last month.
    period_last date not null,
    -- What the rate is applied to, RUB; of a correction, what it changes by.
    base numeric(16, 2) not null,
    -- 0.27 is 27 %; none where rows have different rates, and for adjustments.
    rate numeric(9, 6),
    -- RUB.
    amount numeric(16, 2) not null,
    -- How it reaches the partner: by bank order, or as a discount (REB-4).
    settlement text not null constraint ledger_entries_settlement check (settlement in ('bank', 'discount')),
    -- The terms it was decided under.
    terms_version_id uuid not null references terms_versions,
    -- First day of the month after the period; of an adjustment, its day.
    accrued_on date not null,
    -- The month whose close made it; none where a person did.
    closed_month date references month_closes (month) deferrable initially deferred,
    -- The request that earned it.
    request_id uuid,
    -- The client it is for, where it is for one.
    client_id uuid,
    -- The first entry of the same rule and period that it corrects, or the entry it reverses.
    corrects_id uuid,
    -- Why it is no money, where it is none.
    nothing text constraint ledger_entries_nothing check (nothing in ('no_usage', 'no_growth', 'first_quarter', 'too_little')),
    -- The figures behind it (WHY-1).
    explanation jsonb not null,
    -- Why staff adjusted or reversed, as a code.
    reason_code text,
    -- The same in words.
    reason_text text constraint ledger_entries_reason_length check (length(reason_text) between 10 and 2000),
    -- Who recorded it; none where the command line did.
    recorded_by uuid,
    -- When.
    recorded_at timestamptz not null,
    constraint ledger_entries_partner_key unique (partner_id, id),
    constraint ledger_entries_period_order check (period_first <= period_last and extract(day from period_first) = 1 and extract(day from period_last) = 1),
    constraint ledger_entries_accrual_not_negative check (kind <> 'accrual' or amount >= 0),
    constraint ledger_entries_nothing_is_zero check ((nothing is not null) = (kind = 'accrual' and amount = 0)),
    constraint ledger_entries_source check (
        case kind when 'accrual' then closed_month is not null or request_id is not null
                  when 'correction' then closed_month is not null
                  else reason_code is not null and reason_text is not null end),
    constraint ledger_entries_reversal_names_entry check (kind <> 'reversal' or corrects_id is not null),
    constraint ledger_entries_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id),
    constraint ledger_entries_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id),
    constraint ledger_entries_corrects_fkey foreign key (partner_id, corrects_id) references ledger_entries (partner_id, id)
);
-- A rule gives a period once, a request earns once, an entry is reversed once, a close corrects once.
create unique index ledger_entries_accrual_key on ledger_entries (partner_id, rule, period) where kind = 'accrual' and request_id is null;
create unique index ledger_entries_request_key on ledger_entries (request_id) where kind = 'accrual';
create unique index ledger_entries_reversal_key on ledger_entries (corrects_id) where kind = 'reversal';
create unique index ledger_entries_correction_key on ledger_entries (partner_id, rule, period, settlement, closed_month, request_id)
    nulls not distinct where kind = 'correction';
create index ledger_entries_partner_index on ledger_entries (partner_id, number desc);
create index ledger_entries_close_index on ledger_entries (closed_month, partner_id);
create index ledger_entries_corrects_index on ledger_entries (corrects_id) where corrects_id is not null;
call protect_partner_rows('ledger_entries');
grant select on ledger_entries to portal_partner;
grant select, insert on ledger_entries to portal_staff;
create trigger ledger_entries_append_only before update or delete or truncate on ledger_entries
    for each statement execute function refuse_change();

-- What became of entries. The state of an entry is that of its last event; without one it waits for approval.
create table ledger_entry_events (
    -- Which entry.
    entry_id uuid not null,
    -- 1, 2, 3: of two events at the same instant one comes too late.
    position integer not null constraint ledger_entry_events_position check (position >= 1),
    -- Whose.
    partner_id uuid not null references partners,
    -- What happened.
    event text not null constraint ledger_entry_events_event
        check (event in ('approved', 'entered_settlement', 'left_settlement', 'settled', 'reversed')),
    -- Where the entry stands since.
    state text not null constraint ledger_entry_events_state check (state in ('approved', 'in_settlement', 'settled', 'reversed')),
    -- When.
    at timestamptz not null,
    -- Who; none where the command line did.
    by_user uuid,
    -- The settlement run it entered, left or was settled with.
    settlement_run_id uuid,
    -- Date of the bank's payment or of the invoice, Moscow, where it was settled.
    settled_on date,
    constraint ledger_entry_events_pkey primary key (entry_id, position),
    constraint ledger_entry_events_state_of_event check (
        state = case event when 'approved' then 'approved' when 'entered_settlement' then 'in_settlement'
                           when 'left_settlement' then 'approved' when 'settled' then 'settled' else 'reversed' end),
    constraint ledger_entry_events_run check ((event in ('entered_settlement', 'left_settlement', 'settled')) = (settlement_run_id is not null)),
    constraint ledger_entry_events_settled_on check ((event = 'settled') = (settled_on is not null)),
    constraint ledger_entry_events_entry_fkey foreign key (partner_id, entry_id) references ledger_entries (partner_id, id)
);
create index ledger_entry_events_run_index on ledger_entry_events (settlement_run_id, entry_id);
call protect_partner_rows('ledger_entry_events');
grant select on ledger_entry_events to portal_partner;
grant select, insert on ledger_entry_events to portal_staff;
create trigger ledger_entry_events_append_only before update or delete or truncate on ledger_entry_events
    for each statement execute function refuse_change();

-- Entries with where they stand. It shows what the role that asks may see.
create view ledger_entry_states with (security_invoker = true) as
    select e.*, coalesce(v.state, case when e.nothing is null then 'accrued' else 'nothing' end) as state,
           coalesce(v.position, 0) as position, v.at as state_at, v.settlement_run_id, v.settled_on
      from ledger_entries e
      left join lateral (select state, position, at, settlement_run_id, settled_on from ledger_entry_events v
                          where v.entry_id = e.id order by v.position desc limit 1) v on true;
grant select on ledger_entry_states to portal_partner, portal_staff;

-- Adjustments by hand: one person proposes, another decides, and then there is an entry.
create table ledger_adjustments (
    -- Which adjustment.
    id uuid primary key,
    -- Whose money.
    partner_id uuid not null references partners,
    -- RUB, positive or negative.
    amount numeric(16, 2) not null constraint ledger_adjustments_amount check (amount <> 0),
    -- How it reaches the partner.
    settlement text not null constraint ledger_adjustments_settlement check (settlement in ('bank', 'discount')),
    -- Why, as a code.
    reason_code text not null constraint ledger_adjustments_reason_code
        check (reason_code in ('billing_mistake', 'goodwill', 'agreement', 'bank_return', 'other')),
    -- Why, in words that the partner reads.
    reason_text text not null constraint ledger_adjustments_reason_length check (length(reason_text) between 10 and 2000),
    -- Key made with the form: the same form sent twice is one adjustment.
    idempotency_key uuid not null constraint ledger_adjustments_idempotency_key unique,
    -- Where it stands.
    state text not null constraint ledger_adjustments_state check (state in ('proposed', 'accepted', 'declined')),
    -- Who proposed it.
    proposed_by uuid not null,
    -- When.
    proposed_at timestamptz not null,
    -- Who decided.
    decided_by uuid,
    -- When.
    decided_at timestamptz,
    -- The entry it became.
    entry_id uuid,
    constraint ledger_adjustments_decided check ((state = 'proposed') = (decided_by is null) and (state = 'proposed') = (decided_at is null)),
    constraint ledger_adjustments_entry check ((state = 'accepted') = (entry_id is not null)),
    constraint ledger_adjustments_second_person check (decided_by <> proposed_by),
    constraint ledger_adjustments_entry_fkey foreign key (partner_id, entry_id) references ledger_entries (partner_id, id)
);
create index ledger_adjustments_waiting_index on ledger_adjustments (proposed_at) where state = 'proposed';
create index ledger_adjustments_partner_index on ledger_adjustments (partner_id);
call protect_partner_rows('ledger_adjustments');
grant select, insert, update (state, decided_by, decided_at, entry_id) on ledger_adjustments to portal_staff;

-- What a close brought into the ledger, RUB: accruals of its periods, and corrections of earlier ones.
alter table month_closes add column accrued numeric(16, 2) not null default 0;
alter table month_closes add column corrected numeric(16, 2) not null default 0;
alter table month_closes add column entry_count integer not null default 0;
