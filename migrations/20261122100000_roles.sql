-- The roles the portal acts as. They belong to the cluster, not to the database, and may exist already;
-- two databases of one cluster may be migrated at the same time, so a lost race is no error.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['portal_application', 'portal_partner', 'portal_staff'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
        if not pg_has_role(current_user, wanted, 'member') then
            execute format('grant %I to current_user', wanted);
        end if;
    end loop;
end
$$;

revoke create on schema public from public;
grant usage on schema public to portal_application, portal_partner, portal_staff;

-- The partner a transaction works for. After a transaction with the setting has ended it is '' and not null.
create function current_partner() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('portal.partner_id', true), '')::uuid;

-- Gives a table its two policies: a partner sees its own rows, staff see all.
create procedure protect_partner_rows(protected regclass)
    language plpgsql as $$
begin
    execute format('alter table %s enable row level security', protected);
    execute format('alter table %s force row level security', protected);
    execute format('create policy partner_rows on %s to portal_partner using (partner_id = current_partner()) with check (partner_id = current_partner())', protected);
    execute format('create policy staff_rows on %s to portal_staff using (true) with check (true)', protected);
end
$$;

-- Refuses every change of a table that only grows.
create function refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception 'rows of % are never changed or deleted', tg_table_name using errcode = 'restrict_violation';
end
$$;

-- The readiness probe compares the newest applied migration with the newest one of the binary.
do $$
begin
    if to_regclass('_sqlx_migrations') is not null then
        grant select on _sqlx_migrations to portal_application;
    end if;
end
$$;
