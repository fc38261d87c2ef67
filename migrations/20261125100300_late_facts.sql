-- Facts that would change the level of days already past: staff accept or decline them (section 2, USE-4, REB-5).
create table late_facts (
    -- Which fact.
    id uuid primary key,
    -- Whose level.
    partner_id uuid not null references partners,
    -- An exam recorded late, or a correction of usage.
    kind text not null constraint late_facts_kind check (kind in ('exam', 'usage_correction')),
    -- The day of an exam, Moscow.
    exam_on date,
    -- The import that brought a correction.
    import_id uuid references usage_imports,
    -- The days whose model it would change, as they were found when it was proposed.
    differences jsonb not null,
    -- What would move in the ledger, as it was found then.
    money jsonb not null,
    -- Where it stands.
    state text not null constraint late_facts_state check (state in ('proposed', 'accepted', 'declined')),
    -- Who proposed it; none where the command line did.
    proposed_by uuid,
    -- When.
    proposed_at timestamptz not null,
    -- Who decided.
    decided_by uuid,
    -- When.
    decided_at timestamptz,
    -- Why, in words.
    decision_reason text constraint late_facts_reason_length check (length(decision_reason) between 10 and 2000),
    constraint late_facts_partner_key unique (partner_id, id),
    constraint late_facts_subject check ((kind = 'exam') = (exam_on is not null) and (kind = 'usage_correction') = (import_id is not null)),
    constraint late_facts_decided check ((state = 'proposed') = (decided_at is null) and (state = 'proposed') = (decision_reason is null))
);
create index late_facts_waiting_index on late_facts (proposed_at, id) where state = 'proposed';
create index late_facts_partner_index on late_facts (partner_id);
create unique index late_facts_exam_key on late_facts (partner_id, exam_on) where kind = 'exam' and state = 'proposed';
call protect_partner_rows('late_facts');
grant select, insert, update (state, decided_by, decided_at, decision_reason) on late_facts to portal_staff;

-- The rows of a proposed correction (USE-4).
create table late_fact_usage_rows (
    -- Of which fact.
    late_fact_id uuid not null,
    -- Whose client.
    partner_id uuid not null references partners,
    -- Which client.
    client_id uuid not null,
    -- First day of the month.
    month date not null,
    -- Service code.
    service text not null references services,
    -- Name of the resource.
    resource text not null,
    -- The amount when it was proposed, RUB; none where there was no such row.
    old_gross numeric(14, 2),
    -- The amount proposed, RUB.
    new_gross numeric(14, 2) not null constraint late_fact_usage_rows_gross check (new_gross >= 0),
    constraint late_fact_usage_rows_pkey primary key (late_fact_id, client_id, month, service, resource),
    constraint late_fact_usage_rows_fact_fkey foreign key (partner_id, late_fact_id) references late_facts (partner_id, id),
    constraint late_fact_usage_rows_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
call protect_partner_rows('late_fact_usage_rows');
grant select, insert on late_fact_usage_rows to portal_staff;
