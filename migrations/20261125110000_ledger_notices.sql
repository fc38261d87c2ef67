-- A partner is also told of what staff do to single entries: an adjustment, a reversal.
alter table partner_notices drop constraint partner_notices_kind;
alter table partner_notices add constraint partner_notices_kind
    check (kind in ('month_closed', 'level_changed', 'settled', 'adjusted', 'reversed'));
