-- Files of requests. Contents are kept outside of the database under the hash of what they hold (`files::Store`); a content that no row
-- here names is an orphan, which a job collects after a while.
create table request_files (
    -- Which file; it is what an address names.
    id uuid primary key,
    -- Whose.
    partner_id uuid not null references partners,
    -- Of which request.
    request_id uuid not null,
    -- `received`: it came and is looked at; `ready`: it was accepted and is kept; `removed`: it was taken away or not accepted.
    state text not null constraint request_files_state check (state in ('received', 'ready', 'removed')),
    -- SHA-256 of what is kept; none where nothing was accepted.
    content_hash text constraint request_files_content_hash check (content_hash ~ '^[0-9a-f]{64}$'),
    -- SHA-256 of the small picture that pages show; pictures have one.
    preview_hash text constraint request_files_preview_hash check (preview_hash ~ '^[0-9a-f]{64}$'),
    -- The name it is shown and saved under.
    name text constraint request_files_name check (length(name) between 1 and 120),
    -- What it is by its content.
    kind text constraint request_files_kind check (kind in ('jpeg', 'png', 'pdf', 'docx', 'xlsx', 'text')),
    -- Its size, which counts against the company's room: as it came while it is looked at, as it is kept after that.
    bytes bigint not null constraint request_files_bytes check (bytes > 0),
    -- Of a picture: pixels from left to right.
    width integer constraint request_files_width check (width > 0),
    -- Of a picture: pixels from top to bottom.
    height integer constraint request_files_height check (height > 0),
    -- Why it was not accepted, as a code; none where somebody took it away.
    problem text constraint request_files_problem check (problem ~ '^[a-z_]{3,30}$'),
    -- Who brought it.
    uploaded_by uuid not null,
    -- When.
    uploaded_at timestamptz not null,
    -- Who took it away; none where it was not accepted.
    removed_by uuid,
    -- When it was taken away or not accepted.
    removed_at timestamptz,
    constraint request_files_request_fkey foreign key (partner_id, request_id) references requests (partner_id, id),
    constraint request_files_ready check (state <> 'ready' or (content_hash is not null and name is not null and kind is not null)),
    constraint request_files_received check (state <> 'received' or content_hash is null),
    constraint request_files_removed check ((state = 'removed') = (removed_at is not null) and (state = 'removed' or removed_by is null)),
    constraint request_files_refused check (problem is null or (state = 'removed' and content_hash is null)),
    constraint request_files_picture check (
        (width is null) = (height is null) and (width is null) = (preview_hash is null)
        and (kind is null or (kind in ('jpeg', 'png')) = (width is not null))
    )
);
create index request_files_request_index on request_files (request_id, uploaded_at, id);
create index request_files_received_index on request_files (uploaded_at) where state = 'received';
-- The same content twice in a request is there once.
create unique index request_files_content_key on request_files (request_id, content_hash) where state = 'ready';
call protect_partner_rows('request_files');
grant select, insert on request_files to portal_partner, portal_staff;
grant update (state, content_hash, preview_hash, name, kind, bytes, width, height, problem, removed_by, removed_at)
    on request_files to portal_partner, portal_staff;

-- How much room the files of a company take: a figure of its own, so that two uploads at once can't both take the last of it.
create table partner_file_usage (
    -- Whose.
    partner_id uuid primary key references partners,
    -- Bytes of its files that are received or ready.
    bytes bigint not null constraint partner_file_usage_bytes check (bytes >= 0)
);
call protect_partner_rows('partner_file_usage');
grant select, insert, update (bytes) on partner_file_usage to portal_partner, portal_staff;

-- Known beforehand, as the first job was.
insert into graphile_worker._private_tasks (identifier) values ('collect_files') on conflict (identifier) do nothing;
