-- Lists that somebody keeps: their address, filter and all, under a name. Writer: pages, each account its own.
create table saved_view (
    account_id bigint not null, -- whose
    name text not null, -- as its owner calls it
    address text not null, -- path and query of the list
    saved_at bigint not null, -- when
    primary key (account_id, name)
) /* strict, without rowid */;
