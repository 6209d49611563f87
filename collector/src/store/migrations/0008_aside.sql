-- Devices that fill no place although the plan or the register has a word for them: surplus, legacy, kept in stock, out of service. What no
-- place asks for is not told. Writer: settle.
create table aside (
    school_id bigint not null, -- where
    device_id bigint not null, -- the device
    what text not null, -- surplus, legacy, kept, out
    since_at bigint not null, -- since when
    primary key (school_id, device_id)
) /* strict, without rowid */;
create index aside_what on aside (what, school_id);
