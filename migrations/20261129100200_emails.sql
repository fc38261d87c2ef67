-- The e-mails of notices: written in the transaction of the notice, so that there is one exactly where the notice is. A job of the
-- same transaction has it sent.
create table emails (
    -- Which e-mail; its Message-ID is made from it, so that a copy can be recognised as one.
    id uuid primary key,
    -- To whom.
    user_id uuid not null references users,
    -- The partner they worked for.
    partner_id uuid not null references partners,
    -- What it tells.
    notice_id bigint not null references partner_notices,
    -- The language the person had chosen.
    locale text not null constraint emails_locale check (locale in ('ru', 'en')),
    -- `queued`: not handed over yet; `sent`: the mail server said yes; `failed`: it will not be sent.
    state text not null constraint emails_state check (state in ('queued', 'sent', 'failed')),
    -- How often the mail server was asked to take it.
    attempts integer not null default 0 constraint emails_attempts check (attempts >= 0),
    -- Why it was not sent: no mail server is configured, the server refuses it, it never came to an answer, the person does not want it.
    failure text constraint emails_failure check (failure in ('no_mail_server', 'refused', 'gave_up', 'unwanted')),
    -- Its Message-ID as it was sent.
    message_id text constraint emails_message_id_length check (length(message_id) between 3 and 400),
    -- When it was written.
    queued_at timestamptz not null,
    -- When the mail server said yes.
    sent_at timestamptz,
    constraint emails_notice_key unique (user_id, notice_id),
    constraint emails_failure_matches_state check ((state = 'failed') = (failure is not null)),
    constraint emails_sent_matches_state check ((state = 'sent') = (sent_at is not null) and (state = 'sent') = (message_id is not null))
);
create index emails_queued_index on emails (queued_at) where state = 'queued';
call protect_partner_rows('emails');
grant select on emails to portal_partner;
grant select, insert, update (state, attempts, failure, message_id, sent_at) on emails to portal_staff;

-- The schema of the jobs was made just before, by the library's own migrations (`store::jobs`), with row-level security and without a
-- policy. The worker acts as `portal_application`; staff's transactions enter jobs. A job holds the id of an e-mail and nothing else.
-- A partner's role has no access at all.
grant usage on schema graphile_worker to portal_application, portal_staff;
grant select, insert, update, delete on all tables in schema graphile_worker to portal_application;
grant select, insert, update on graphile_worker._private_jobs, graphile_worker._private_tasks, graphile_worker._private_job_queues to portal_staff;
grant select, insert on graphile_worker._private_job_retirements to portal_staff;
do $$
declare
    protected regclass;
begin
    for protected in select oid from pg_class where relnamespace = 'graphile_worker'::regnamespace and relkind = 'r' and relrowsecurity loop
        execute format('create policy worker on %s to portal_application using (true) with check (true)', protected);
    end loop;
    foreach protected in array array['graphile_worker._private_jobs', 'graphile_worker._private_tasks', 'graphile_worker._private_job_queues']::regclass[] loop
        execute format('create policy staff on %s to portal_staff using (true) with check (true)', protected);
    end loop;
end
$$;
-- Known beforehand, so that two transactions that enter the first jobs do not wait for each other.
insert into graphile_worker._private_tasks (identifier) values ('send_email');
