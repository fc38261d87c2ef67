-- People who can sign in: partners' people and the provider's staff.
create table users (
    -- Which person.
    id uuid primary key,
    -- The address they sign in with, in small letters.
    email text not null constraint users_email_key unique constraint users_email_lower check (email = lower(email) and length(email) between 3 and 254),
    -- Password hash in PHC form (argon2id).
    password_hash text not null,
    -- How the portal addresses them.
    display_name text not null constraint users_display_name_length check (length(display_name) between 1 and 200),
    -- What they may do.
    role text not null constraint users_role check (role in ('partner_member', 'staff_reviewer', 'staff_admin')),
    -- The partner they work for; staff have none.
    partner_id uuid references partners,
    -- The language they chose.
    locale text not null default 'ru' constraint users_locale check (locale in ('ru', 'en')),
    -- When they were entered.
    created_at timestamptz not null,
    -- From when on they may not sign in.
    disabled_at timestamptz,
    constraint users_partner_matches_role check ((role = 'partner_member') = (partner_id is not null))
);
create index users_partner_index on users (partner_id);
call protect_partner_rows('users');
create policy session_rows on users to portal_application using (true);
grant select, update (password_hash, locale) on users to portal_application;
-- Nobody acting as a partner reads a password hash.
grant select (id, email, display_name, role, partner_id, locale) on users to portal_partner;
grant select (id, email, display_name, role, partner_id, locale, created_at, disabled_at), insert, update (disabled_at, display_name, role) on users to portal_staff;

-- Sessions of signed-in people. A session is found by the hash of its id, so a copy of the table opens nothing.
-- Saving is an update and never an insert: a session that was ended can't come back.
create table user_sessions (
    -- SHA-256 of the id in the cookie.
    id_hash bytea primary key constraint user_sessions_id_hash_length check (length(id_hash) = 32),
    -- Whose session.
    user_id uuid not null references users,
    -- What the session keeps besides the person.
    data jsonb not null,
    -- When it began.
    created_at timestamptz not null,
    -- When it was last used, to the minute.
    last_seen_at timestamptz not null,
    -- When it ends even if used.
    expires_at timestamptz not null,
    -- When it was ended.
    revoked_at timestamptz
);
create index user_sessions_user_index on user_sessions (user_id);
grant select, insert, update, delete on user_sessions to portal_application;

-- Token buckets that slow down guessing: one per address and one per account, shared by all processes.
create table sign_in_buckets (
    -- `address:..` or `account:..`, the account as a hash.
    key text primary key,
    -- Tries left; may be a fraction.
    tokens double precision not null,
    -- When the tokens were counted.
    counted_at timestamptz not null
);
grant select, insert, update, delete on sign_in_buckets to portal_application;

-- What a person typed into a form that came back with problems; kept for an hour.
create table form_states (
    -- Which state; the page is told it in its address.
    id uuid primary key,
    -- Who typed it; nobody else may read it. None where nobody was signed in: the sign-in form.
    user_id uuid references users on delete cascade,
    -- What was typed and what speaks against it, as the site reads it back.
    state jsonb not null,
    -- When it was typed.
    created_at timestamptz not null
);
create index form_states_created_index on form_states (created_at);
grant select, insert, delete on form_states to portal_application;
