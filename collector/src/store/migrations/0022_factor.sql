-- Second factors of people: codes of an app (RFC 6238). Writer: account; admin takes them away.
create table factor (
    account_id bigint not null primary key, -- whose
    secret bytes not null, -- sealed with the key file that lies outside the database
    step bigint not null, -- the last step of 30 s whose code was taken: no code is taken twice
    since_at bigint not null -- when it was set up
) /* strict */;
-- Codes that stand in for a lost app, each once. Writer: account.
create table recovery_code (
    code_hash bytes not null primary key, -- SHA-256 of account and code
    account_id bigint not null, -- whose
    used_at bigint -- null: not yet
) /* strict */;
create index recovery_code_account on recovery_code (account_id);
-- Who came by the town's own sign-in was asked for a second factor there, or not, as the town decides. Writer: sign-in.
alter table session add column outside boolean not null default false; -- opened by that sign-in
-- Who is who there. Writer: sign-in.
create table outside_identity (
    issuer text not null, -- address of the provider
    subject text not null, -- its own name for the person, which is never given to another (OpenID Connect Core 1.0, section 2)
    account_id bigint not null, -- whose account
    since_at bigint not null, -- first sign-in
    primary key (issuer, subject)
) /* strict */;
create index outside_identity_account on outside_identity (account_id);
