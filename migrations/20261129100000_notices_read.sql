-- A person of a partner is told in the portal, and by e-mail unless they switched that off. Staff are told nothing yet.
alter table users add column email_notices boolean not null default true;
grant update (email_notices) on users to portal_application;
grant select (email_notices, disabled_at) on users to portal_partner;
grant select (email_notices) on users to portal_staff;

-- The decision on a request, a request that waits for its partner, and what was published are told, too.
alter table partner_notices drop constraint partner_notices_kind;
alter table partner_notices add constraint partner_notices_kind check (kind in (
    'month_closed', 'level_changed', 'settled', 'adjusted', 'reversed', 'request_decided', 'action_required', 'published'
));

-- A notice as one person has it: written with the notice for everybody who could sign in then. Whoever comes later has read what was
-- there before.
create table user_notices (
    -- Whose.
    user_id uuid not null references users,
    -- Which notice.
    notice_id bigint not null references partner_notices,
    -- The partner of both.
    partner_id uuid not null references partners,
    -- When the person opened it or said that they had read all; none while it is unread.
    read_at timestamptz,
    primary key (user_id, notice_id)
);
-- The number on the bell.
create index user_notices_unread_index on user_notices (user_id) where read_at is null;
call protect_partner_rows('user_notices');
-- What finds a session also counts what its person has not read; of which notices it can't read.
create policy session_rows on user_notices for select to portal_application using (true);
grant select (user_id, read_at) on user_notices to portal_application;
grant select, update (read_at) on user_notices to portal_partner;
grant select, insert on user_notices to portal_staff;
