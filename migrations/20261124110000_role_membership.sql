-- From PostgreSQL 16 on, who creates a role is its member without the right to act as it: that right is given here.
-- Before 16 membership includes it, and the roles' migration gave that.
do $$
declare
    wanted text;
begin
    if current_setting('server_version_num')::int < 160000 then
        return;
    end if;
    foreach wanted in array array['portal_application', 'portal_partner', 'portal_staff'] loop
        if not pg_has_role(current_user, wanted, 'set') then
            execute format('grant %I to current_user with inherit false, set true', wanted);
        end if;
    end loop;
end
$$;
