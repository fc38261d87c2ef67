-- The life of a request: status and stage are two facts on one timeline, and every change of it has a number.

-- Numbers in references of the kinds with stages: CS-2026-000123, TC-2026-000123.
create sequence case_study_request_numbers;
create sequence telegram_comment_request_numbers;
grant usage on sequence case_study_request_numbers, telegram_comment_request_numbers to portal_partner, portal_staff;

-- Whether a request of a kind can be there: what `Position::is_legal` says, so that no write can say otherwise.
create function request_position_is_legal(kind text, status text, stage text) returns boolean
    language sql immutable parallel safe
    return case
        when kind in ('bonus_codes', 'sales_bonus') then stage is null and status not in ('cancelled', 'fulfilled')
        when kind = 'free_month' then stage is null
        when kind = 'case_study' then case stage
            when 'brief' then status in ('draft', 'submitted', 'in_review', 'action_required', 'refused', 'withdrawn')
            when 'details' then status in ('approved', 'action_required', 'cancelled')
            when 'interview' then status in ('approved', 'action_required', 'cancelled')
            when 'editing' then status in ('approved', 'action_required', 'cancelled')
            when 'agreed' then status in ('approved', 'cancelled')
            when 'published' then status = 'fulfilled'
            else false end
        when kind = 'telegram_comment' then case stage
            when 'answer' then status in ('draft', 'submitted', 'in_review', 'action_required', 'refused', 'withdrawn', 'cancelled')
            when 'interview' then status <> 'fulfilled'
            when 'editing' then status in ('approved', 'action_required', 'cancelled')
            when 'agreed' then status in ('approved', 'cancelled')
            when 'published' then status = 'fulfilled'
            else false end
        else false end;
grant execute on function request_position_is_legal to portal_partner, portal_staff;

-- Whether a request holds capacity of a limit: what `RequestStatus::is_live` says.
create function request_is_live(status text) returns boolean
    language sql immutable parallel safe
    return status in ('submitted', 'in_review', 'action_required', 'approved', 'fulfilled');
grant execute on function request_is_live to portal_partner, portal_staff;

-- The owner is under the policies too, and has none: for the rows of before they are lifted for this one transaction.
alter table requests no force row level security;
alter table request_events no force row level security;
alter table users no force row level security;
alter table request_events disable trigger request_events_append_only;

alter table requests rename column state to status;
alter table requests
    drop constraint requests_kind,
    drop constraint requests_state,
    drop constraint requests_decided,
    drop constraint requests_decider,
    drop constraint requests_refusal,
    -- How far the work of its kind has come; none where the kind has no stages.
    add column stage text,
    -- How many times it was changed: the optimistic lock.
    add column version integer not null default 1,
    -- The reviewer who has it.
    add column assignee_id uuid,
    -- The last Moscow day on which its decision is in time; none while that clock stands.
    add column due_on date,
    -- What was entered, by field, as it was typed.
    add column entries jsonb not null default '{}' constraint requests_entries check (jsonb_typeof(entries) = 'object');
update requests set version = case status when 'submitted' then 2 else 3 end;
-- Two working days for codes and months, five for a sales manager's bonus, counted from the day after the submission.
update requests r set due_on = (
    select day::date
      from generate_series((r.submitted_at at time zone 'Europe/Moscow')::date + 1, (r.submitted_at at time zone 'Europe/Moscow')::date + 10, '1 day') day
     where extract(isodow from day) < 6
     order by day offset case r.kind when 'sales_bonus' then 4 else 1 end limit 1)
 where status = 'submitted';
alter table requests
    add constraint requests_kind check (kind in ('bonus_codes', 'free_month', 'sales_bonus')),
    add constraint requests_status check (
        status in ('draft', 'submitted', 'in_review', 'action_required', 'approved', 'refused', 'withdrawn', 'cancelled', 'fulfilled')
    ),
    add constraint requests_stage check (stage in ('brief', 'answer', 'details', 'interview', 'editing', 'agreed', 'published')),
    add constraint requests_position check (request_position_is_legal(kind, status, stage)),
    add constraint requests_version check (version >= 1),
    -- Undecided it has no end; decided or given up it has one.
    add constraint requests_decided check (
        case when status in ('draft', 'submitted', 'in_review') then decided_at is null
             when status = 'action_required' then true
             else decided_at is not null end
    ),
    add constraint requests_decider check (
        case when status in ('approved', 'refused', 'fulfilled') then decided_by is not null
             when status in ('draft', 'submitted', 'in_review', 'withdrawn') then decided_by is null
             else true end
    ),
    add constraint requests_refusal check (
        (status = 'refused') = (refusal_code is not null)
        and (status = 'refused') = (refusal_text is not null)
        and (refusal_text is null or length(refusal_text) between 10 and 2000)
    );
alter table requests alter column version drop default;
drop index requests_waiting_index;
create index requests_waiting_index on requests (submitted_at, id) where status in ('submitted', 'in_review');
grant update (status, stage, version, decided_at, due_on, entries) on requests to portal_partner;

-- What happened, as the engine tells it: from where to where, by whom in which role, with what.
alter table request_events
    -- The version of the request that it made.
    add column version integer,
    -- In which role: a role of people, or the portal itself at a deadline.
    add column performer text,
    -- What else is to be told of it.
    add column detail jsonb,
    -- Where the request was before, and where it is since.
    add column from_status text,
    add column from_stage text,
    add column to_status text,
    add column to_stage text;
alter table request_events drop constraint request_events_event;
alter table request_events rename column event to act;
update request_events e set
    version = case e.act when 'submitted' then 2 else 3 end,
    performer = coalesce(
        (select u.role from users u where u.id = e.actor_id),
        case when e.act in ('submitted', 'withdrawn') then 'partner_member' else 'staff_reviewer' end
    ),
    detail = case e.act
        when 'submitted' then jsonb_build_object('detail', 'fields', 'fields', '[]'::jsonb)
        when 'refused' then (
            select jsonb_build_object(
                       'detail', 'refusal', 'refusal', jsonb_build_object('reason', r.refusal_code, 'text', r.refusal_text), 'notes', '[]'::jsonb)
              from requests r where r.id = e.request_id)
        else jsonb_build_object('detail', 'nothing') end,
    from_status = case e.act when 'submitted' then 'draft' else 'submitted' end,
    to_status = e.act;
update request_events set
    act = case act when 'submitted' then 'submit' when 'approved' then 'approve' when 'refused' then 'refuse' else 'withdraw' end;
alter table request_events
    alter column version set not null,
    alter column performer set not null,
    alter column detail set not null,
    alter column from_status set not null,
    alter column to_status set not null,
    -- The portal is no person.
    alter column actor_id drop not null,
    add constraint request_events_version_key unique (request_id, version),
    add constraint request_events_performer check (performer in ('partner_member', 'staff_reviewer', 'staff_admin', 'portal')),
    add constraint request_events_actor check ((performer = 'portal') = (actor_id is null)),
    add constraint request_events_act check (act ~ '^[a-z_]{3,30}$');
drop index request_events_request_index;

alter table request_events enable trigger request_events_append_only;
alter table users force row level security;
alter table request_events force row level security;
alter table requests force row level security;

-- What the two sides write to each other about a request, and what staff note among themselves.
create table request_comments (
    -- Order of writing.
    id bigint generated always as identity primary key,
    -- About which request.
    request_id uuid not null,
    -- Whose.
    partner_id uuid not null references partners,
    -- Who wrote it.
    author_id uuid not null,
    -- Whether staff alone read it.
    is_internal boolean not null,
    -- The words.
    words text not null constraint request_comments_words check (length(words) between 1 and 2000),
    -- Key made with the form: the same form sent twice is one comment.
    idempotency_key uuid not null,
    -- When.
    at timestamptz not null,
    constraint request_comments_idempotency_key unique (request_id, idempotency_key),
    constraint request_comments_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
create index request_comments_request_index on request_comments (request_id, id);
call protect_partner_rows('request_comments');
-- Notes of staff among themselves are no rows to a partner, whatever is asked.
create policy internal_rows on request_comments as restrictive to portal_partner
    using (partner_id = current_partner() and not is_internal) with check (partner_id = current_partner() and not is_internal);
grant select, insert on request_comments to portal_partner, portal_staff;
create trigger request_comments_append_only before update or delete or truncate on request_comments
    for each statement execute function refuse_change();

-- A partner corrects what a reviewer asked about.
grant update (value) on bonus_code_requests to portal_partner;
grant update (face, note) on bonus_code_request_items to portal_partner;
grant update (month) on free_month_requests to portal_partner;
grant delete on free_month_request_resources to portal_partner;
grant update (month, manager_name, amount) on sales_bonus_requests to portal_partner;
