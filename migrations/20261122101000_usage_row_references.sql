-- A row by row check of four references took most of the time of an import of a million rows.

-- Said by the reference to (partner_id, id) of clients as well: a client's partner exists.
alter table usage_rows drop constraint usage_rows_partner_id_fkey;
alter table resources drop constraint resources_partner_id_fkey;

-- Services and imports are few and never deleted (nobody has the right), so these two are checked once a statement.
alter table usage_rows drop constraint usage_rows_service_fkey;
alter table usage_rows drop constraint usage_rows_import_id_fkey;

create function check_usage_row_references() returns trigger
    language plpgsql as $$
begin
    if exists (select service from written group by service having service not in (select code from services)) then
        raise foreign_key_violation using message = 'a usage row names an unknown service', constraint = 'usage_rows_service_fkey', table = 'usage_rows';
    end if;
    if exists (select import_id from written group by import_id having import_id not in (select id from usage_imports)) then
        raise foreign_key_violation using message = 'a usage row names an unknown import', constraint = 'usage_rows_import_id_fkey', table = 'usage_rows';
    end if;
    return null;
end
$$;
create trigger usage_rows_references_inserted after insert on usage_rows
    referencing new table as written for each statement execute function check_usage_row_references();
create trigger usage_rows_references_updated after update on usage_rows
    referencing new table as written for each statement execute function check_usage_row_references();
