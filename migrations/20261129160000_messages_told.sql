-- A message of the staff in the thread of a request is told to its partner.
alter table partner_notices drop constraint partner_notices_kind;
alter table partner_notices add constraint partner_notices_kind check (kind in (
    'month_closed', 'level_changed', 'settled', 'adjusted', 'reversed', 'request_decided', 'action_required', 'published',
    'comment_asked', 'comment_closed', 'message_written'
));

-- Lists of requests and the neighbours of one are read in their order, wherever the requests stand.
create index requests_order_index on requests (listed_at, id);
