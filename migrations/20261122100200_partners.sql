-- Partners of the programme.
create table partners (
    -- Which partner.
    id uuid primary key,
    -- What the provider's billing calls it, such as P-0001.
    code text not null constraint partners_code_key unique constraint partners_code_shape check (code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'),
    -- The company's name.
    name text not null constraint partners_name_length check (length(name) between 1 and 200),
    -- The company's INN; billing files may name the partner by it.
    inn text not null constraint partners_inn_key unique constraint partners_inn_shape check (inn ~ '^([0-9]{10}|[0-9]{12})$'),
    -- Date of the contract, Moscow.
    contract_date date not null,
    -- Billing side picked at the contract (MODEL-1).
    billing_side text not null constraint partners_billing_side check (billing_side in ('provider', 'partner')),
    -- When the partner was entered.
    created_at timestamptz not null
);
create index partners_name_index on partners (lower(name) text_pattern_ops);

alter table partners enable row level security;
alter table partners force row level security;
create policy partner_rows on partners to portal_partner using (id = current_partner());
create policy staff_rows on partners to portal_staff using (true) with check (true);
create policy session_rows on partners for select to portal_application using (true);
grant select on partners to portal_application, portal_partner;
grant select, insert, update on partners to portal_staff;

-- Exams passed by partners' people (LVL-2, LVL-4, LVL-6).
create table partner_exams (
    -- Which exam.
    id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- The day it was passed, Moscow.
    passed_on date not null,
    -- Who recorded it; none where the demo or the command line did.
    recorded_by uuid,
    -- When it was recorded.
    recorded_at timestamptz not null,
    constraint partner_exams_day_key unique (partner_id, passed_on)
);
call protect_partner_rows('partner_exams');
grant select on partner_exams to portal_partner;
grant select, insert on partner_exams to portal_staff;

-- Staff decisions on the level (LVL-8). Of two on one day the later recorded wins, so the number is the order.
create table staff_level_decisions (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- Whose level.
    partner_id uuid not null references partners,
    -- The day from which it holds, Moscow.
    decided_for date not null,
    -- The level decided.
    level text not null constraint staff_level_decisions_level check (level in ('basic', 'professional')),
    -- Why, in the words of the person who decided.
    reason text not null constraint staff_level_decisions_reason_length check (length(reason) between 1 and 2000),
    -- Who decided; none where the command line did.
    recorded_by uuid,
    -- When it was recorded.
    recorded_at timestamptz not null
);
create index staff_level_decisions_partner_index on staff_level_decisions (partner_id);
call protect_partner_rows('staff_level_decisions');
grant select on staff_level_decisions to portal_partner;
grant select, insert on staff_level_decisions to portal_staff;

-- Approved changes of the billing side (MODEL-2).
create table billing_side_changes (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- Whose billing side.
    partner_id uuid not null references partners,
    -- The day of the approval, Moscow; in force from the first day of the next month.
    approved_on date not null,
    -- The new side.
    billing_side text not null constraint billing_side_changes_side check (billing_side in ('provider', 'partner')),
    -- When it was recorded.
    recorded_at timestamptz not null
);
create index billing_side_changes_partner_index on billing_side_changes (partner_id);
call protect_partner_rows('billing_side_changes');
grant select on billing_side_changes to portal_partner;
grant select, insert on billing_side_changes to portal_staff;

-- The timeline of levels as it was recorded: what month closes, exams and decisions caused (LVL-9, USE-3).
-- A row that a later accepted fact replaced stays, with the time at which it was replaced.
create table level_changes (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- Whose level.
    partner_id uuid not null references partners,
    -- First day of the level, Moscow.
    from_date date not null,
    -- The level from that day.
    level text not null constraint level_changes_level check (level in ('basic', 'professional')),
    -- The model from that day.
    model text not null constraint level_changes_model check (model in ('referral', 'reseller', 'agent', 'white_label')),
    -- The rule behind it, such as LVL-5.
    rule text not null,
    -- The facts behind it, as the rules gave them.
    cause jsonb not null,
    -- The terms it was decided under.
    terms_version_id uuid not null references terms_versions,
    -- When it was recorded.
    recorded_at timestamptz not null,
    -- When a later accepted fact replaced it.
    superseded_at timestamptz
);
create unique index level_changes_day_key on level_changes (partner_id, from_date) where superseded_at is null;
call protect_partner_rows('level_changes');
grant select on level_changes to portal_partner;
grant select, insert, update (superseded_at) on level_changes to portal_staff;
