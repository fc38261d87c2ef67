-- Where a partner is paid.
create table partner_bank_accounts (
    -- Whose.
    partner_id uuid primary key references partners,
    -- KPP of the company; sole proprietors have none.
    kpp text constraint partner_bank_accounts_kpp check (kpp ~ '^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$'),
    -- Account number.
    account text not null constraint partner_bank_accounts_account check (account ~ '^[0-9]{20}$'),
    -- Name of the bank.
    bank_name text not null constraint partner_bank_accounts_bank_name check (length(bank_name) between 1 and 200),
    -- BIK of the bank.
    bik text not null constraint partner_bank_accounts_bik check (bik ~ '^[0-9]{9}$'),
    -- Correspondent account of the bank.
    correspondent_account text not null constraint partner_bank_accounts_correspondent check (correspondent_account ~ '^[0-9]{20}$'),
    -- Who recorded it; none where the demo did.
    recorded_by uuid,
    -- When.
    recorded_at timestamptz not null
);
call protect_partner_rows('partner_bank_accounts');
grant select on partner_bank_accounts to portal_partner;
grant select, insert, update on partner_bank_accounts to portal_staff;

-- How the provider settles: one row.
create table settlement_settings (
    -- Always true: there is one row.
    only_row boolean primary key default true constraint settlement_settings_one_row check (only_row),
    -- Above this total, RUB, somebody else than who made a run carries it out.
    second_person_above numeric(16, 2) not null constraint settlement_settings_above check (second_person_above >= 0),
    -- The provider as it pays.
    payer_name text not null,
    -- Its INN.
    payer_inn text not null,
    -- Its KPP.
    payer_kpp text,
    -- Its account; empty until it is entered.
    payer_account text not null,
    -- Name of its bank.
    payer_bank_name text not null,
    -- BIK of that bank.
    payer_bik text not null,
    -- Correspondent account of that bank.
    payer_correspondent_account text not null
);
insert into settlement_settings (second_person_above, payer_name, payer_inn, payer_account, payer_bank_name, payer_bik, payer_correspondent_account)
values (100000.00, '', '', '', '', '', '');
grant select, update on settlement_settings to portal_staff;

-- Numbers in references of runs: SR-2026-000001.
create sequence settlement_run_numbers;
grant usage on sequence settlement_run_numbers to portal_staff;

-- Runs that settle approved entries: bank orders, or discounts to apply.
create table settlement_runs (
    -- Which run.
    id uuid primary key,
    -- What people call it.
    reference text not null constraint settlement_runs_reference_key unique,
    -- By bank order or as discounts.
    settlement text not null constraint settlement_runs_settlement check (settlement in ('bank', 'discount')),
    -- Key made with the form: the same form sent twice is one run.
    idempotency_key uuid not null constraint settlement_runs_idempotency_key unique,
    -- How many entries it holds.
    entry_count integer not null constraint settlement_runs_entry_count check (entry_count >= 1),
    -- Their sum, RUB.
    total numeric(16, 2) not null constraint settlement_runs_total check (total > 0),
    -- Where it stands: `made`, then `settled` or `dropped`.
    state text not null constraint settlement_runs_state check (state in ('made', 'settled', 'dropped')),
    -- Who made it.
    made_by uuid not null,
    -- When.
    made_at timestamptz not null,
    -- Who carried it out or dropped it.
    finished_by uuid,
    -- When.
    finished_at timestamptz,
    -- Date of the bank's payment or of the invoices, Moscow.
    settled_on date,
    -- Whether the amount asked for a second person.
    needs_second_person boolean not null,
    constraint settlement_runs_finished check ((state = 'made') = (finished_at is null) and (state = 'made') = (finished_by is null)),
    constraint settlement_runs_settled check ((state = 'settled') = (settled_on is not null)),
    constraint settlement_runs_second_person check (not needs_second_person or state <> 'settled' or finished_by <> made_by)
);
create index settlement_runs_made_index on settlement_runs (made_at desc, id);
grant select, insert, update (state, finished_by, finished_at, settled_on) on settlement_runs to portal_staff;

-- One line a partner in a run, with the account as it was then.
create table settlement_run_partners (
    -- Of which run.
    settlement_run_id uuid not null references settlement_runs,
    -- Whose.
    partner_id uuid not null references partners,
    -- Number of the order, from 1: once among the orders of a day, as banks ask for.
    position integer not null,
    -- Sum of its entries, RUB: what is carried over stays out of the run.
    amount numeric(16, 2) not null constraint settlement_run_partners_amount check (amount > 0),
    -- Name, INN and account then, as written into the registry; none for discounts.
    payee jsonb,
    constraint settlement_run_partners_pkey primary key (settlement_run_id, partner_id)
);
create index settlement_run_partners_partner_index on settlement_run_partners (partner_id);
call protect_partner_rows('settlement_run_partners');
grant select on settlement_run_partners to portal_partner;
grant select, insert on settlement_run_partners to portal_staff;
create trigger settlement_run_partners_append_only before update or delete or truncate on settlement_run_partners
    for each statement execute function refuse_change();

alter table ledger_entry_events add constraint ledger_entry_events_settlement_run_fkey foreign key (settlement_run_id) references settlement_runs;
