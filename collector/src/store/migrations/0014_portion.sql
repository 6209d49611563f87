-- The plan in force, laid out school by school, so that a school is settled without the others' rows. Writer: settle, once for each version.
create table plan_part (
    version_id bigint not null, -- the version; older ones go when a newer one is laid out
    part text not null, -- school/CODE, or switch/NAME for what its wall outlets lead to
    body bytes not null, -- the tables' rows that concern it: name, headings, rows; JSON, zstd
    primary key (version_id, part)
) /* strict, without rowid */;

-- By what rows of the register are found: school, label, serial, card … in the words of domain/portion. Writer: whoever writes register_row,
-- in the same transaction; settle, once, for rows that were there before this table.
create table register_name (
    name text not null, -- the name, folded
    table_name text not null, -- table of the row
    row_key text not null, -- its key cells, JSON
    primary key (name, table_name, row_key)
) /* strict, without rowid */;
-- A register that begins with this table needs no naming afterwards.
insert into meta (name, value)
select 'register_named', '1'
where not exists (select 1 from register_row);
