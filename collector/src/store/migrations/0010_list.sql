-- Lists that others keep of the devices: exports of device managements, host lists, inventories. Writer: whoever brings one in. The
-- newest list of a name stands; an older one of the same name goes with its rows.
create table list (
    list_id bigint not null primary key, -- id
    source text not null, -- jamf, intune, relution, uem, kwartz, glpi, other
    name text not null unique, -- what people call it; a new list of the name takes its place
    as_of bigint not null, -- its own date, days since 1970-01-01
    at bigint not null, -- when it was brought in
    by_whom text not null, -- by whom
    row_count bigint not null -- rows that name a device
) /* strict */;

-- Rows of lists. Writer: as list.
create table list_row (
    list_id bigint not null, -- which list
    line bigint not null, -- line of the file
    serial text not null, -- serial number; empty: not told
    uem_id text not null, -- id in the management; empty: not told
    macs text not null, -- JSON: network cards
    name text not null, -- name; empty: not told
    model text not null, -- model; empty: not told
    os text not null, -- operating system and version; empty: not told
    seen_on bigint, -- last day on which the management heard of it, days since 1970-01-01; null: not told
    school text not null, -- where it belongs, as written; empty: not told
    school_group text not null, -- its group, as written; empty: not told
    primary key (list_id, line)
) /* strict, without rowid */;
