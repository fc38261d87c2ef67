-- The brand of a White Label partner (PRIV-1, "branding of the dashboard"): what it edits, what it published, its pictures, its hosts.

-- Pictures of brands, each drawn by the portal from what was sent.
create table brand_pictures (
    -- Whose.
    partner_id uuid not null references partners,
    -- SHA-256 of the bytes, in hexadecimal.
    content_hash text not null constraint brand_pictures_hash check (content_hash ~ '^[0-9a-f]{64}$'),
    -- The picture, PNG.
    bytes bytea not null constraint brand_pictures_size check (octet_length(bytes) between 1 and 500000),
    -- Width, pixels.
    width integer not null constraint brand_pictures_width check (width between 1 and 1024),
    -- Height, pixels.
    height integer not null constraint brand_pictures_height check (height between 1 and 1024),
    -- Who sent it.
    sent_by uuid not null,
    -- When.
    sent_at timestamptz not null,
    constraint brand_pictures_pkey primary key (partner_id, content_hash)
);
call protect_partner_rows('brand_pictures');
grant select, insert, delete on brand_pictures to portal_partner;
grant select on brand_pictures to portal_staff;

-- What a partner edits and nobody else sees.
create table brand_drafts (
    -- Whose.
    partner_id uuid primary key references partners,
    -- The form as typed, field by field: it may be wrong.
    form jsonb not null constraint brand_drafts_form check (jsonb_typeof(form) = 'object' and octet_length(form::text) <= 60000),
    -- Logo on a light ground.
    logo_light text,
    -- Logo on a dark ground.
    logo_dark text,
    -- Icon of the browser's tab.
    favicon text,
    -- Counts the changes: whoever saves names the one that was seen.
    version integer not null constraint brand_drafts_version check (version > 0),
    -- Who changed it last.
    changed_by uuid not null,
    -- When.
    changed_at timestamptz not null,
    constraint brand_drafts_logo_light_fkey foreign key (partner_id, logo_light) references brand_pictures,
    constraint brand_drafts_logo_dark_fkey foreign key (partner_id, logo_dark) references brand_pictures,
    constraint brand_drafts_favicon_fkey foreign key (partner_id, favicon) references brand_pictures
);
call protect_partner_rows('brand_drafts');
grant select, insert, update on brand_drafts to portal_partner;
grant select on brand_drafts to portal_staff;

-- What was published. A row is never changed: going back publishes the older content again.
create table brand_versions (
    -- Whose.
    partner_id uuid not null references partners,
    -- 1, 2, ..: the newest one is shown.
    number integer not null constraint brand_versions_number check (number > 0),
    -- Name, colours and the rest, as the rules read them; none where the brand was taken off.
    content jsonb constraint brand_versions_content check (jsonb_typeof(content) = 'object'),
    -- Logo on a light ground.
    logo_light text,
    -- Logo on a dark ground.
    logo_dark text,
    -- Icon of the browser's tab.
    favicon text,
    -- The version that was brought back, where one was.
    restores integer constraint brand_versions_restores check (restores < number),
    -- Who published it.
    published_by uuid not null,
    -- When.
    published_at timestamptz not null,
    constraint brand_versions_pkey primary key (partner_id, number),
    constraint brand_versions_logo_light_fkey foreign key (partner_id, logo_light) references brand_pictures,
    constraint brand_versions_logo_dark_fkey foreign key (partner_id, logo_dark) references brand_pictures,
    constraint brand_versions_favicon_fkey foreign key (partner_id, favicon) references brand_pictures
);
call protect_partner_rows('brand_versions');
grant select, insert on brand_versions to portal_partner;
grant select on brand_versions to portal_staff;
create trigger brand_versions_append_only before update or delete or truncate on brand_versions
    for each statement execute function refuse_change();

-- Names under which a partner's portal is reached besides the portal's own.
create table custom_hosts (
    -- Which.
    id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- The name, lower case.
    host text not null constraint custom_hosts_host check (host ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$' and length(host) <= 253),
    -- What the record in DNS has to say: whoever can write it there owns the name.
    token text not null constraint custom_hosts_token check (length(token) between 16 and 64),
    -- Where it stands: waits for its proof, is proven, or is revoked.
    status text not null constraint custom_hosts_status check (status in ('waiting', 'proven', 'revoked')),
    -- Who added it.
    added_by uuid not null,
    -- When.
    added_at timestamptz not null,
    -- When it was last looked for in DNS.
    checked_at timestamptz,
    -- When the record was first found.
    proven_at timestamptz,
    -- Since when the record of a proven name is gone.
    missing_since timestamptz,
    -- Who took it back; none where its record was gone for too long.
    revoked_by uuid,
    -- When.
    revoked_at timestamptz,
    -- Why, in the words of who did it.
    revoked_because text constraint custom_hosts_reason check (length(revoked_because) <= 500),
    constraint custom_hosts_proof check (status <> 'proven' or proven_at is not null),
    constraint custom_hosts_revocation check ((status = 'revoked') = (revoked_at is not null))
);
-- A name leads to one partner; that others claim it, too, does not keep its owner from proving it.
create unique index custom_hosts_proven_key on custom_hosts (host) where status = 'proven';
-- One that staff took back stays with the partner: entered again it would be the same one.
create unique index custom_hosts_claim_key on custom_hosts (partner_id, host);
call protect_partner_rows('custom_hosts');
grant select, insert, delete on custom_hosts to portal_partner;
grant update (status, checked_at, proven_at, missing_since) on custom_hosts to portal_partner;
grant select on custom_hosts to portal_staff;
grant update (token, status, checked_at, proven_at, missing_since, revoked_by, revoked_at, revoked_because) on custom_hosts to portal_staff;
