-- Tokens for programs: an account's, with an end, and with less than its rights if so asked. Writer: account.
create table api_token (
    token_id bigint not null primary key, -- id
    token_hash bytes not null unique, -- SHA-256 of the token
    account_id bigint not null, -- whose
    name text not null, -- what for, in its owner's words
    made_at bigint not null, -- when
    expires_at bigint not null, -- not after
    reads_only boolean not null, -- it changes nothing
    used_at bigint -- last use, moved at most every few minutes; null: never
) /* strict */;
create index api_token_account on api_token (account_id);
