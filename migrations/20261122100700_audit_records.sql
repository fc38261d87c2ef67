-- Who changed what: written in the transaction of the change, never changed after.
create table audit_records (
    -- Order of recording.
    id bigint generated always as identity primary key,
    -- When.
    at timestamptz not null,
    -- The person; none for the command line and for a failed sign-in.
    actor_id uuid,
    -- The person's name then, or the command.
    actor_name text not null,
    -- What was done, such as request.approve.
    action text not null,
    -- The kind of thing it was done to.
    object_kind text not null,
    -- Which one: an id or a human reference.
    object_id text not null,
    -- The partner concerned, if one is.
    partner_id uuid references partners,
    -- How it was.
    before jsonb,
    -- How it is.
    after jsonb,
    -- The request id of the call, as in the log.
    request_identity uuid
);
create index audit_records_partner_index on audit_records (partner_id, id desc);
create index audit_records_object_index on audit_records (object_kind, object_id, id desc);
create index audit_records_action_index on audit_records (action, id desc);

alter table audit_records enable row level security;
alter table audit_records force row level security;
create policy partner_rows on audit_records for insert to portal_partner with check (partner_id = current_partner());
create policy staff_rows on audit_records to portal_staff using (true) with check (true);
create policy session_rows on audit_records for insert to portal_application with check (true);
grant insert on audit_records to portal_application, portal_partner;
grant select, insert on audit_records to portal_staff;
create trigger audit_records_append_only before update or delete or truncate on audit_records
    for each statement execute function refuse_change();
