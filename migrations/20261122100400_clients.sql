-- The provider's services.
create table services (
    -- The code in billing files.
    code text primary key,
    -- Its name in Russian.
    name_ru text not null,
    -- Its name in English.
    name_en text not null,
    -- Whether its resources are virtual machines (FREE-6 names those).
    is_virtual_machine boolean not null,
    -- Order in lists.
    position integer not null
);
insert into services (code, name_ru, name_en, is_virtual_machine, position) values
    ('kvm', 'ElasticCloud KVM', 'ElasticCloud KVM', true, 1),
    ('kvm_vgpu', 'ElasticCloud KVM с vGPU', 'ElasticCloud KVM with vGPU', true, 2),
    ('hyperv', 'ElasticCloud Hyper-V', 'ElasticCloud Hyper-V', true, 3),
    ('databases', 'Базы данных', 'Databases', false, 4),
    ('kubernetes', 'Кластеры Kubernetes', 'Kubernetes clusters', false, 5),
    ('mont_office', 'MONT Office', 'MONT Office', false, 6),
    ('backup', 'Резервное копирование', 'Backup', false, 7),
    ('object_storage', 'Объектное хранилище', 'Object storage', false, 8),
    ('network', 'Сеть и адреса', 'Network and addresses', false, 9);
grant select on services to portal_application, portal_partner, portal_staff;

-- End clients of partners.
create table clients (
    -- Which client.
    id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- INN, checksum verified by the rules.
    inn text not null constraint clients_inn_shape check (inn ~ '^([0-9]{10}|[0-9]{12})$'),
    -- The client's name.
    name text not null constraint clients_name_length check (length(name) between 1 and 200),
    -- The day the client's work with the provider began, Moscow.
    start_date date not null,
    -- When it was entered, by a person or by the first billing row.
    created_at timestamptz not null,
    constraint clients_partner_inn_key unique (partner_id, inn),
    -- Lets other tables prove that a client is of their partner.
    constraint clients_partner_key unique (partner_id, id)
);
create index clients_name_index on clients (partner_id, lower(name), id);
call protect_partner_rows('clients');
grant select, insert on clients to portal_partner;
grant select, insert, update on clients to portal_staff;

-- What a client runs, as billing names it.
create table resources (
    -- Which resource.
    id uuid primary key default gen_random_uuid(),
    -- Whose.
    partner_id uuid not null references partners,
    -- Which client's.
    client_id uuid not null,
    -- The name in billing, such as vm-17.
    name text not null constraint resources_name_length check (length(name) between 1 and 200),
    -- Whether it is a virtual machine.
    is_virtual_machine boolean not null,
    constraint resources_client_name_key unique (client_id, name),
    constraint resources_partner_key unique (partner_id, id),
    constraint resources_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
call protect_partner_rows('resources');
grant select on resources to portal_partner;
grant select, insert, update on resources to portal_staff;

-- Trials of services for a client (TRIAL-1).
create table trials (
    -- Which trial.
    id uuid primary key,
    -- Whose client.
    partner_id uuid not null references partners,
    -- Which client.
    client_id uuid not null,
    -- What is tried, by service code.
    services text[] not null constraint trials_services_named check (cardinality(services) between 1 and 50),
    -- First day, Moscow.
    started_on date not null,
    -- Last day, Moscow; none while it runs without an end.
    ended_on date,
    -- Who recorded it; none where billing or the demo did.
    recorded_by uuid,
    -- When it was recorded.
    recorded_at timestamptz not null,
    constraint trials_ends_after_start check (ended_on >= started_on),
    constraint trials_client_fkey foreign key (partner_id, client_id) references clients (partner_id, id)
);
create index trials_client_index on trials (client_id);
call protect_partner_rows('trials');
grant select, insert, update (ended_on) on trials to portal_partner, portal_staff;
