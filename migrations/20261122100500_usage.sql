-- Imports of billing files (USE-1, USE-2).
create table usage_imports (
    -- Which import.
    id uuid primary key,
    -- Name of the file as uploaded.
    file_name text not null,
    -- SHA-256 of its bytes.
    content_sha256 bytea not null,
    -- `refused`: bad rows, nothing taken; `previewed`: waits for the commit; then `committed` or `discarded`.
    state text not null constraint usage_imports_state check (state in ('refused', 'previewed', 'committed', 'discarded')),
    -- Whether rows of closed months were meant as corrections.
    is_correction boolean not null,
    -- Rows in the file.
    row_count integer not null,
    -- Rows with a key not seen before.
    new_count integer not null,
    -- Rows with another amount than before.
    changed_count integer not null,
    -- Rows that change nothing.
    unchanged_count integer not null,
    -- Sum of the file's amounts, RUB.
    gross_total numeric(16, 2) not null,
    -- Bad rows: line, reason code, facts. At most the first thousand.
    problems jsonb not null,
    -- How many rows were bad.
    problem_count integer not null,
    -- Months the file speaks of.
    months date[] not null,
    -- Who brought it; none where the command line did.
    uploaded_by uuid,
    -- When.
    uploaded_at timestamptz not null,
    -- When it was committed or discarded.
    finished_at timestamptz
);
create index usage_imports_uploaded_index on usage_imports (uploaded_at desc);
create index usage_imports_committed_index on usage_imports (finished_at desc) where state = 'committed';
grant select, insert, update on usage_imports to portal_staff;
-- A partner sees how fresh the data is, not what other partners' rows brought.
grant select (state, finished_at) on usage_imports to portal_partner;

-- Rows of files that wait for their commit, as parsed. Lost in a crash, and then the file is brought again.
create unlogged table usage_staging (
    -- Of which import.
    import_id uuid not null,
    -- Line in the file.
    line integer not null,
    -- The partner as the file names it: code or INN.
    partner text not null,
    -- INN of the client.
    client_inn text not null,
    -- Name of the client.
    client_name text not null,
    -- Service code.
    service text not null,
    -- Name of the resource.
    resource text not null,
    -- First day of the month.
    month date not null,
    -- Amount before any discount, RUB.
    gross numeric(14, 2) not null
);
create index usage_staging_import_index on usage_staging (import_id);
grant select, insert, delete on usage_staging to portal_staff;

-- What the provider billed: the source of every figure (USE-1).
create table usage_rows (
    -- Which client.
    client_id uuid not null,
    -- First day of the month.
    month date not null constraint usage_rows_month_first_day check (extract(day from month) = 1),
    -- Service code.
    service text not null references services,
    -- Name of the resource.
    resource text not null,
    -- Whose client.
    partner_id uuid not null references partners,
    -- Amount before any discount, RUB.
    gross numeric(14, 2) not null constraint usage_rows_gross_range check (gross >= 0 and gross < 'Infinity'),
    -- The import that brought the amount.
    import_id uuid not null references usage_imports,
    constraint usage_rows_pkey primary key (client_id, month, service, resource),
    constraint usage_rows_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
create index usage_rows_partner_month_index on usage_rows (partner_id, month);
call protect_partner_rows('usage_rows');
grant select on usage_rows to portal_partner;
grant select, insert, update on usage_rows to portal_staff;

-- Revenue by partner and month: the sum of its usage rows, kept with every import so that a page reads few rows.
create table partner_month_revenues (
    -- Which partner.
    partner_id uuid not null references partners,
    -- First day of the month.
    month date not null,
    -- Sum of gross over all services, RUB (section 2).
    revenue numeric(16, 2) not null,
    constraint partner_month_revenues_pkey primary key (partner_id, month)
);
call protect_partner_rows('partner_month_revenues');
grant select on partner_month_revenues to portal_partner;
grant select, insert, update on partner_month_revenues to portal_staff;

-- Amounts that replaced earlier ones (USE-1, USE-4).
create table usage_corrections (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- Whose client.
    partner_id uuid not null references partners,
    -- Which client.
    client_id uuid not null,
    -- First day of the month.
    month date not null,
    -- Service code.
    service text not null,
    -- Name of the resource.
    resource text not null,
    -- The amount before, RUB; none where the row is new in a closed month.
    old_gross numeric(14, 2),
    -- The amount after, RUB.
    new_gross numeric(14, 2) not null,
    -- Whether the month was closed when the correction came.
    month_was_closed boolean not null,
    -- The import that brought it.
    import_id uuid not null references usage_imports,
    -- When.
    recorded_at timestamptz not null
);
create index usage_corrections_partner_index on usage_corrections (partner_id, month);
call protect_partner_rows('usage_corrections');
grant select on usage_corrections to portal_partner;
grant select, insert on usage_corrections to portal_staff;
create trigger usage_corrections_append_only before update or delete or truncate on usage_corrections
    for each statement execute function refuse_change();

-- Closed months, in order and each once (USE-3).
create table month_closes (
    -- First day of the month.
    month date primary key constraint month_closes_first_day check (extract(day from month) = 1),
    -- When it was closed.
    closed_at timestamptz not null,
    -- Who closed it; none where the command line did.
    closed_by uuid,
    -- Partners with a contract in it.
    partner_count integer not null,
    -- Revenue of all partners, RUB.
    revenue numeric(16, 2) not null,
    -- Level changes that the close recorded.
    level_change_count integer not null
);
grant select on month_closes to portal_application;
-- Which months are closed, not what all partners earned in them.
grant select (month) on month_closes to portal_partner;
grant select, insert on month_closes to portal_staff;
create trigger month_closes_append_only before update or delete or truncate on month_closes
    for each statement execute function refuse_change();
