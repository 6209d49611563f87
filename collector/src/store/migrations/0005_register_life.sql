-- Changes of the register are numbered in the order in which they happen, so that an export can say after which of them it was made,
-- and two changes of a row within one second are two. Writer: whoever writes register_row, in the same transaction.
alter table register_change rename to register_change_before;
create table register_change (
    change_id bigint not null primary key, -- its number: what happened later has a higher one
    table_name text not null, -- table
    row_key text not null, -- row: its key cells, JSON
    at bigint not null, -- when
    by_whom text not null, -- who
    why text not null, -- why, in their words; empty: not said
    was text not null, -- cells before, JSON; empty: new
    becomes text not null -- cells after, JSON; empty: taken out
) /* strict */;
create index register_change_row on register_change (table_name, row_key, change_id);
insert into register_change (change_id, table_name, row_key, at, by_whom, why, was, becomes)
select row_number() over (order by at, table_name, row_key), table_name, row_key, at, by_whom, '', was, becomes
from register_change_before;
drop table register_change_before;

-- Files that people brought and have not confirmed yet. Writer: admin; what lies for a day is thrown away with the next.
create table plan_upload (
    token_hash bytes not null primary key, -- SHA-256 of the token that the page of the import carries
    by_whom text not null, -- login of who brought it: nobody else may go on with it
    at bigint not null, -- when
    name text not null, -- name of the file
    body bytes not null -- the file
) /* strict */;
