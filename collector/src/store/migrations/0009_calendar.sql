-- School holidays that were imported from the ministry's file; a school year of a zone is replaced whole. Writer: admin, command line.
create table school_holiday (
    zone text not null, -- code of the zone: A, B, C, Corse, Guadeloupe, …
    school_year text not null, -- as the ministry names it: 2026-2027
    academy text not null, -- académie; empty: the whole zone
    from_on text not null, -- first day without class, ISO
    until_on text not null, -- day on which classes begin again, ISO
    what text not null, -- Vacances de Noël
    source text not null, -- name of the file
    imported_at bigint not null, -- when
    primary key (zone, school_year, academy, from_on, until_on)
) /* strict, without rowid */;

-- What is expected of devices, where it differs from the table of kinds: thresholds, power, rooms. Writer: admin pages, API.
create table presence_setting (
    school_id bigint not null, -- whose; 0: the whole town
    name text not null, -- days/KIND, power/holidays, power/night, room/CODE
    value text not null, -- days; true or false; minutes FROM-TO of a day; term, holidays or both
    by_whom text not null, -- login
    at bigint not null, -- when
    primary key (school_id, name)
) /* strict, without rowid */;
