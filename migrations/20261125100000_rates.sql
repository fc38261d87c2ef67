-- What a Referral partner picked for a client (RATE-2). No row means monthly.
create table client_rate_choices (
    -- For which client.
    client_id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- `monthly`: a share of every month; `once`: the whole of one.
    choice text not null constraint client_rate_choices_choice check (choice in ('monthly', 'once')),
    -- Who picked; none where the demo did.
    chosen_by uuid,
    -- When.
    chosen_at timestamptz not null,
    constraint client_rate_choices_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
create index client_rate_choices_partner_index on client_rate_choices (partner_id);
call protect_partner_rows('client_rate_choices');
grant select, insert, update on client_rate_choices to portal_partner;
grant select, insert, update on client_rate_choices to portal_staff;

-- What the rows of a partner's closed month come to, by service (RATE-4): rows are rounded, these sums are not.
-- Written by the close of the month; brought in line by the close after a correction (REB-5).
create table partner_month_sums (
    -- Which partner.
    partner_id uuid not null references partners,
    -- First day of the month.
    month date not null constraint partner_month_sums_first_day check (extract(day from month) = 1),
    -- Service code.
    service text not null references services,
    -- Before any discount, RUB.
    gross numeric(16, 2) not null,
    -- Sum of the rows' round(gross x rate), RUB; gross less this is the net.
    deduction numeric(16, 2) not null,
    -- Gross of rows that earn the reward of the month's model, RUB.
    reward_base numeric(16, 2) not null,
    -- That reward, RUB.
    reward numeric(16, 2) not null,
    -- Gross of rows that earn the whole of this month (RATE-2, once), RUB.
    once_base numeric(16, 2) not null,
    constraint partner_month_sums_pkey primary key (partner_id, month, service),
    constraint partner_month_sums_not_negative check (least(gross, deduction, reward_base, reward, once_base) >= 0)
);
call protect_partner_rows('partner_month_sums');
grant select on partner_month_sums to portal_partner;
grant select, insert, update, delete on partner_month_sums to portal_staff;

-- Partners whose money is computed from scratch at the next close, since a fact about a closed month was accepted (REB-5).
create table pending_recomputations (
    -- Whose.
    partner_id uuid primary key references partners,
    -- Since when it waits.
    marked_at timestamptz not null
);
call protect_partner_rows('pending_recomputations');
grant select on pending_recomputations to portal_partner;
grant select, insert, delete on pending_recomputations to portal_staff;
