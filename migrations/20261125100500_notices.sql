-- What the portal tells a partner: written in the transaction that makes it true.
create table partner_notices (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- Whom.
    partner_id uuid not null references partners,
    -- What happened.
    kind text not null constraint partner_notices_kind check (kind in ('month_closed', 'level_changed', 'settled')),
    -- The figures; words are the page's.
    facts jsonb not null,
    -- When.
    at timestamptz not null
);
create index partner_notices_partner_index on partner_notices (partner_id, id desc);
call protect_partner_rows('partner_notices');
grant select on partner_notices to portal_partner;
grant select, insert on partner_notices to portal_staff;

-- Staff publish new terms for a future day (TERM-1).
grant insert on terms_versions to portal_staff;
alter table terms_versions add column published_by uuid;
alter table terms_versions add column note text constraint terms_versions_note_length check (length(note) between 1 and 2000);
create trigger terms_versions_append_only before update or delete or truncate on terms_versions
    for each statement execute function refuse_change();
