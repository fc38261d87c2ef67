-- Claims for a sales manager's bonus (SALES-1) are requests like the others.
create sequence sales_bonus_request_numbers;
grant usage on sequence sales_bonus_request_numbers to portal_partner, portal_staff;
alter table requests drop constraint requests_kind;
alter table requests add constraint requests_kind check (kind in ('bonus_codes', 'free_month', 'sales_bonus'));

create table sales_bonus_requests (
    -- Which request.
    request_id uuid primary key,
    -- Whose client.
    partner_id uuid not null references partners,
    -- Which client.
    client_id uuid not null,
    -- First day of the month claimed.
    month date not null constraint sales_bonus_requests_first_day check (extract(day from month) = 1),
    -- The sales manager who works with the client.
    manager_name text not null constraint sales_bonus_requests_manager check (length(manager_name) between 1 and 200),
    -- Net of the client in that month when it was asked for, RUB.
    amount numeric(16, 2) not null constraint sales_bonus_requests_amount check (amount > 0),
    constraint sales_bonus_requests_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id),
    constraint sales_bonus_requests_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
create index sales_bonus_requests_client_index on sales_bonus_requests (client_id);
call protect_partner_rows('sales_bonus_requests');
grant select, insert on sales_bonus_requests to portal_partner, portal_staff;
