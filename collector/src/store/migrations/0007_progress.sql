-- A school's places as counts by day: due, delivered, in place. They are made anew from first days whenever the school is settled, so
-- the curve before today is that of the plan in force; kept for the programme's life. Writer: settle, where a count changed.
create table school_progress (
    school_id bigint not null, -- whose
    phase text not null, -- phase code; empty: none
    kind text not null, -- kind code
    what text not null, -- due_from, due, undated, delivered, installed
    on_day bigint not null, -- the day, days since 1970-01-01; 0 where it has none
    count bigint not null, -- places
    primary key (school_id, phase, kind, what, on_day)
) /* strict, without rowid */;

-- The same counts of all schools together: what the curves of a page are drawn from. Writer: settle, with the rows above.
create table progress (
    phase text not null, -- phase code; empty: none
    kind text not null, -- kind code
    what text not null, -- due_from, due, undated, delivered, installed
    on_day bigint not null, -- the day, days since 1970-01-01; 0 where it has none
    count bigint not null, -- places
    primary key (phase, kind, what, on_day)
) /* strict, without rowid */;

-- How many spares of a kind the town means to hold. Writer: admin.
create table spare_minimum (
    kind text not null primary key, -- kind code
    minimum bigint not null -- so many
) /* strict, without rowid */;
