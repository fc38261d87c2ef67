-- Comments on news (TG-1): the topics that a partner chose, the news that staff posted, and the requests that came of it.

-- Topics that a partner comments on. No row: the partner did not opt in.
create table comment_topics (
    -- Whose.
    partner_id uuid not null references partners,
    -- What news is about.
    topic text not null constraint comment_topics_topic check (topic in (
        'cloud', 'containers', 'databases', 'security', 'artificial_intelligence', 'import_substitution', 'regulation', 'market'
    )),
    -- Who chose it.
    chosen_by uuid not null,
    -- When.
    chosen_at timestamptz not null,
    constraint comment_topics_pkey primary key (partner_id, topic)
);
call protect_partner_rows('comment_topics');
grant select, insert, delete on comment_topics to portal_partner;
grant select on comment_topics to portal_staff;

-- News that staff posted for comments. A row is never changed.
create table news_items (
    -- Which.
    id uuid primary key,
    -- What happened.
    title text not null constraint news_items_title_length check (length(title) between 5 and 150),
    -- What is asked, Markdown.
    text text not null constraint news_items_text_length check (length(text) between 50 and 4000),
    -- Where it can be read.
    link text not null constraint news_items_link check (link ~* '^https://' and length(link) <= 500),
    -- What it is about.
    topics text[] not null constraint news_items_topics check (cardinality(topics) between 1 and 8),
    -- The last Moscow day for an answer.
    deadline date not null,
    -- Who posted it.
    posted_by uuid not null,
    -- When.
    posted_at timestamptz not null,
    -- Key made with the form: the same form sent twice is one news item.
    idempotency_key uuid not null constraint news_items_idempotency_key unique
);
create index news_items_posted_index on news_items (posted_at desc, id desc);
grant select, insert on news_items to portal_staff;
grant select on news_items to portal_partner;
create trigger news_items_append_only before update or delete or truncate on news_items
    for each statement execute function refuse_change();

-- Requests for a comment: one for each partner that a news item was sent to.
create table telegram_comment_requests (
    -- Which request.
    request_id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- On which news.
    news_item_id uuid not null references news_items,
    -- The last Moscow day for the answer: that of the news, or a later one where an expired request was opened again.
    deadline date not null,
    -- The bonus that was set with its reckoning: points and RUB by criterion of the rubric; none while it is not.
    bonus jsonb constraint telegram_comment_requests_bonus check (jsonb_typeof(bonus) = 'object'),
    constraint telegram_comment_requests_news_key unique (partner_id, news_item_id),
    constraint telegram_comment_requests_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id)
);
create index telegram_comment_requests_news_index on telegram_comment_requests (news_item_id);
create index telegram_comment_requests_deadline_index on telegram_comment_requests (deadline);
call protect_partner_rows('telegram_comment_requests');
grant select on telegram_comment_requests to portal_partner;
grant select, insert on telegram_comment_requests to portal_staff;
grant update (deadline, bonus) on telegram_comment_requests to portal_staff;

-- A news item is no partner's own; a partner reads those that were sent to it and no others.
alter table news_items enable row level security;
alter table news_items force row level security;
create policy staff_rows on news_items to portal_staff using (true) with check (true);
create policy invited_rows on news_items for select to portal_partner using (
    exists (select from telegram_comment_requests t where t.news_item_id = news_items.id and t.partner_id = current_partner())
);

-- That news waits for a comment, and that nobody answered in time, is told.
alter table partner_notices drop constraint partner_notices_kind;
alter table partner_notices add constraint partner_notices_kind check (kind in (
    'month_closed', 'level_changed', 'settled', 'adjusted', 'reversed', 'request_decided', 'action_required', 'published',
    'comment_asked', 'comment_closed'
));

-- The job that closes what nobody answered.
insert into graphile_worker._private_tasks (identifier) values ('close_unanswered_comments');
