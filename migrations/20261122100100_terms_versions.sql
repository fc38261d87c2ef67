-- Versions of the programme's numbers (TERM-1).
create table terms_versions (
    -- Which version; decisions keep it.
    id uuid primary key,
    -- Counts from 1, for people.
    number integer not null generated always as identity constraint terms_versions_number_key unique,
    -- First day of validity, Moscow.
    valid_from date not null constraint terms_versions_valid_from_key unique,
    -- The parameters by their names in section 11 of the programme; a missing one is the brochure's.
    parameters jsonb not null constraint terms_versions_parameters_object check (jsonb_typeof(parameters) = 'object'),
    -- When it was published.
    published_at timestamptz not null
);

-- The brochure's terms are the first version: every parameter at its default.
insert into terms_versions (id, valid_from, parameters, published_at)
values ('00000000-0000-7000-8000-000000000001', '2015-01-01', '{}', '2015-01-01T00:00:00+03');

grant select on terms_versions to portal_application, portal_partner, portal_staff;
