-- Numbers in human references, one sequence per kind: BC-2026-000123.
create sequence bonus_code_request_numbers;
create sequence free_month_request_numbers;
grant usage on sequence bonus_code_request_numbers, free_month_request_numbers to portal_partner, portal_staff;

-- Requests of partners, of every kind: who asked, what was decided and why.
create table requests (
    -- Which request.
    id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- What is asked for.
    kind text not null constraint requests_kind check (kind in ('bonus_codes', 'free_month')),
    -- What people call it.
    reference text not null constraint requests_reference_key unique,
    -- Where it stands.
    state text not null constraint requests_state check (state in ('submitted', 'approved', 'refused', 'withdrawn')),
    -- Key made with the form: the same form sent twice is one request.
    idempotency_key uuid not null,
    -- Who submitted it.
    submitted_by uuid not null,
    -- When.
    submitted_at timestamptz not null,
    -- The model in force at that moment (PRIV-1).
    model text not null,
    -- The terms it was decided under.
    terms_version_id uuid not null references terms_versions,
    -- What the rules said at submission, with the figures (WHY-1).
    verdict jsonb not null,
    -- Who approved or refused it.
    decided_by uuid,
    -- When it was approved, refused or withdrawn.
    decided_at timestamptz,
    -- Why it was refused, as a code.
    refusal_code text,
    -- Why it was refused, in words the partner reads.
    refusal_text text,
    constraint requests_idempotency_key unique (partner_id, idempotency_key),
    constraint requests_partner_key unique (partner_id, id),
    constraint requests_decided check ((state = 'submitted') = (decided_at is null)),
    constraint requests_decider check ((state in ('approved', 'refused')) = (decided_by is not null)),
    constraint requests_four_eyes check (decided_by <> submitted_by),
    constraint requests_refusal check (
        (state = 'refused') = (refusal_code is not null)
        and (state = 'refused') = (refusal_text is not null)
        and (refusal_text is null or length(refusal_text) between 10 and 2000)
    )
);
create index requests_waiting_index on requests (submitted_at, id) where state = 'submitted';
create index requests_partner_index on requests (partner_id, submitted_at desc, id desc);
call protect_partner_rows('requests');
grant select, insert on requests to portal_partner;
grant update (state, decided_at) on requests to portal_partner;
grant select, insert, update on requests to portal_staff;

-- What happened to a request, in order.
create table request_events (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- Which request.
    request_id uuid not null,
    -- Whose.
    partner_id uuid not null references partners,
    -- What happened.
    event text not null constraint request_events_event check (event in ('submitted', 'approved', 'refused', 'withdrawn')),
    -- Who did it.
    actor_id uuid not null,
    -- When.
    at timestamptz not null,
    constraint request_events_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
create index request_events_request_index on request_events (request_id);
call protect_partner_rows('request_events');
grant select, insert on request_events to portal_partner, portal_staff;
create trigger request_events_append_only before update or delete or truncate on request_events
    for each statement execute function refuse_change();

-- Capacity of a partner's quarter (CODE-1, CODE-2, CODE-5). One row is what concurrent requests queue on,
-- and its checks hold even where a caller forgets to ask.
create table bonus_code_quarters (
    -- Whose quarter.
    partner_id uuid not null references partners,
    -- First day of the quarter, Moscow.
    quarter date not null,
    -- Codes granted and not revoked.
    granted_codes integer not null default 0,
    -- Codes asked for and not decided.
    pending_codes integer not null default 0,
    -- Face value granted and not revoked, whole RUB.
    granted_value bigint not null default 0,
    -- Face value asked for and not decided, whole RUB.
    pending_value bigint not null default 0,
    -- Limit of codes by the terms last applied (CODE-1).
    codes_limit integer not null,
    -- Limit of face value by the terms last applied (CODE-2), whole RUB.
    value_limit bigint not null,
    constraint bonus_code_quarters_pkey primary key (partner_id, quarter),
    constraint bonus_code_quarters_first_day check (extract(day from quarter) = 1 and extract(month from quarter) in (1, 4, 7, 10)),
    constraint bonus_code_quarters_not_negative check (least(granted_codes, pending_codes) >= 0 and least(granted_value, pending_value) >= 0),
    constraint bonus_code_quarters_codes check (granted_codes + pending_codes <= codes_limit),
    constraint bonus_code_quarters_value check (granted_value + pending_value <= value_limit)
);
call protect_partner_rows('bonus_code_quarters');
grant select, insert, update on bonus_code_quarters to portal_partner, portal_staff;

-- Requests for bonus codes.
create table bonus_code_requests (
    -- Which request.
    request_id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- First day of the quarter it belongs to: that of its submission (CODE-5).
    quarter date not null,
    -- How many codes.
    codes integer not null constraint bonus_code_requests_codes check (codes >= 1),
    -- Their face value together, whole RUB.
    value bigint not null constraint bonus_code_requests_value check (value >= codes),
    constraint bonus_code_requests_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
call protect_partner_rows('bonus_code_requests');
grant select, insert on bonus_code_requests to portal_partner, portal_staff;

-- The codes asked for, one row each (CODE-4).
create table bonus_code_request_items (
    -- Of which request.
    request_id uuid not null references bonus_code_requests,
    -- Place in the form, from 1.
    position integer not null,
    -- Whose.
    partner_id uuid not null references partners,
    -- Face value, whole RUB.
    face bigint not null constraint bonus_code_request_items_face check (face >= 1),
    -- What the partner noted.
    note text constraint bonus_code_request_items_note_length check (length(note) between 1 and 500),
    -- The client it is meant for.
    client_id uuid,
    constraint bonus_code_request_items_pkey primary key (request_id, position),
    constraint bonus_code_request_items_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
call protect_partner_rows('bonus_code_request_items');
grant select, insert on bonus_code_request_items to portal_partner, portal_staff;

-- Codes drawn at approval (CODE-6).
create table bonus_codes (
    -- Which code.
    id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- The request it was granted by.
    request_id uuid not null,
    -- The item of that request.
    position integer not null,
    -- First day of the quarter whose capacity it holds.
    quarter date not null,
    -- The code itself, in its canonical form.
    code text not null constraint bonus_codes_code_key unique,
    -- Face value, whole RUB.
    face bigint not null,
    -- Where it stands.
    state text not null constraint bonus_codes_state check (state in ('issued', 'redeemed', 'revoked')),
    -- When it was drawn.
    issued_at timestamptz not null,
    -- When it was redeemed or revoked.
    ended_at timestamptz,
    -- Who redeemed or revoked it.
    ended_by uuid,
    -- INN of the client that redeemed it.
    redeemed_inn text,
    -- Why it was revoked.
    revocation_reason text,
    constraint bonus_codes_item_key unique (request_id, position),
    constraint bonus_codes_ended check ((state = 'issued') = (ended_at is null)),
    constraint bonus_codes_redeemed check ((state = 'redeemed') = (redeemed_inn is not null)),
    constraint bonus_codes_revoked check ((state = 'revoked') = (revocation_reason is not null)),
    constraint bonus_codes_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
-- A client redeems one code in its life, whichever partner gave it (CODE-3).
create unique index bonus_codes_redeemed_inn_key on bonus_codes (redeemed_inn);
create index bonus_codes_partner_index on bonus_codes (partner_id, issued_at desc, id);
call protect_partner_rows('bonus_codes');
grant select on bonus_codes to portal_partner;
grant select, insert, update on bonus_codes to portal_staff;

-- Requests for a free month of a client (FREE-1 to FREE-6).
create table free_month_requests (
    -- Which request.
    request_id uuid primary key,
    -- Whose client.
    partner_id uuid not null references partners,
    -- Which client.
    client_id uuid not null,
    -- First day of the month asked for.
    month date not null constraint free_month_requests_first_day check (extract(day from month) = 1),
    constraint free_month_requests_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id),
    constraint free_month_requests_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
create index free_month_requests_client_index on free_month_requests (client_id);
call protect_partner_rows('free_month_requests');
grant select, insert on free_month_requests to portal_partner, portal_staff;

-- The virtual machines a free month is for (FREE-6).
create table free_month_request_resources (
    -- Of which request.
    request_id uuid not null references free_month_requests,
    -- Whose.
    partner_id uuid not null references partners,
    -- Which virtual machine.
    resource_id uuid not null,
    constraint free_month_request_resources_pkey primary key (request_id, resource_id),
    constraint free_month_request_resources_resource_fkey foreign key (partner_id, resource_id) references resources (partner_id, id)
);
call protect_partner_rows('free_month_request_resources');
grant select, insert on free_month_request_resources to portal_partner, portal_staff;
