-- Case studies and comments (CASE-1, TG-1): requests that are written as drafts, and whose text is edited, agreed and published.

-- Who acts next on a request: what `Position::turn` says, so that queues and counters ask the same.
create function request_turn(status text, stage text) returns text
    language sql immutable parallel safe
    return case
        when status in ('draft', 'action_required') then 'partner'
        when status in ('submitted', 'in_review') then 'provider'
        when status = 'approved' and stage = 'details' then 'partner'
        when status = 'approved' and stage is not null then 'provider'
        else 'nobody' end;
grant execute on function request_turn to portal_partner, portal_staff;

-- The owner is under the policies too, and has none: for the rows of before they are lifted for this one transaction.
alter table requests no force row level security;
alter table requests
    drop constraint requests_kind,
    -- A draft that was never submitted has none of what a submission records.
    alter column submitted_by drop not null,
    alter column submitted_at drop not null,
    alter column model drop not null,
    alter column terms_version_id drop not null,
    alter column verdict drop not null,
    -- Its place in lists: when it was submitted, or begun where it never was.
    add column listed_at timestamptz not null default now();
update requests set listed_at = submitted_at;
alter table requests
    add constraint requests_kind check (kind in ('bonus_codes', 'free_month', 'sales_bonus', 'case_study', 'telegram_comment')),
    -- A submission is recorded as a whole; without one a request is a draft, or was given up or closed as one.
    add constraint requests_submission check (
        num_nulls(submitted_by, submitted_at, model, terms_version_id, verdict) in (0, 5)
        and (submitted_at is not null or status in ('draft', 'withdrawn', 'cancelled'))
    );
alter table requests force row level security;
drop index requests_waiting_index;
create index requests_waiting_index on requests (listed_at, id) where request_turn(status, stage) = 'provider';
drop index requests_partner_index;
create index requests_partner_index on requests (partner_id, listed_at desc, id desc);

-- A partner submits its draft, and takes up a refused request again: the decision on it is cleared then and stays on the timeline.
grant update (submitted_by, submitted_at, model, terms_version_id, verdict, listed_at, assignee_id, decided_by, refusal_code, refusal_text)
    on requests to portal_partner;

-- A partner clears a decision, or a reviewer, and never makes one.
create function refuse_own_decision() returns trigger
    language plpgsql as $$
begin
    if current_user = 'portal_partner'
       and (new.decided_by is distinct from old.decided_by and new.decided_by is not null
            or new.assignee_id is distinct from old.assignee_id and new.assignee_id is not null
            or new.refusal_code is distinct from old.refusal_code and new.refusal_code is not null
            or new.refusal_text is distinct from old.refusal_text and new.refusal_text is not null) then
        raise exception 'a partner does not decide on requests' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger requests_own_decision before update on requests for each row execute function refuse_own_decision();

-- Versions of the text that staff edit and the partner agrees.
create table request_texts (
    -- Of which request.
    request_id uuid not null,
    -- Counted from 1.
    number integer not null constraint request_texts_number check (number >= 1),
    -- Whose.
    partner_id uuid not null references partners,
    -- Who wrote it.
    author_id uuid not null,
    -- When.
    at timestamptz not null,
    -- The text, Markdown.
    text text not null constraint request_texts_length check (length(text) between 100 and 20000),
    constraint request_texts_pkey primary key (request_id, number),
    constraint request_texts_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
call protect_partner_rows('request_texts');
grant select on request_texts to portal_partner;
grant select, insert on request_texts to portal_staff;
create trigger request_texts_append_only before update or delete or truncate on request_texts
    for each statement execute function refuse_change();

-- Where texts were published. A request is published once, and a page once for all requests.
create table request_publications (
    -- Which request.
    request_id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- Where.
    channel text not null constraint request_publications_channel check (channel in ('press', 'telegram')),
    -- The page or the post, as it was given.
    link text not null constraint request_publications_link check (length(link) between 1 and 500),
    -- The same for every way to write the address of one page.
    link_key text not null constraint request_publications_link_key unique,
    -- The day in Moscow.
    published_on date not null,
    -- What accrued with it, RUB.
    amount numeric(16, 2) not null constraint request_publications_amount check (amount > 0),
    -- Who recorded it.
    recorded_by uuid not null,
    -- When.
    recorded_at timestamptz not null,
    constraint request_publications_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
create index request_publications_partner_index on request_publications (partner_id, recorded_at desc);
call protect_partner_rows('request_publications');
grant select on request_publications to portal_partner;
grant select, insert on request_publications to portal_staff;
create trigger request_publications_append_only before update or delete or truncate on request_publications
    for each statement execute function refuse_change();
