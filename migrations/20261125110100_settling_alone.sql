-- Who raised what one person may settle alone: they do not settle alone by it at once.
-- Who.
alter table settlement_settings add column above_raised_by uuid;
-- When.
alter table settlement_settings add column above_raised_at timestamptz;
