-- Readings by the day (of UTC), once their hours are some days old. Writer: retention, which folds the hours and deletes both in time.
create table reading_day (
    school_id bigint not null, -- school of the device
    device_id bigint not null, -- whose
    name text not null, -- row of the table of readings
    instance text not null, -- which one of several
    day_at bigint not null, -- begin of the day
    low double precision not null, -- least value
    high double precision not null, -- greatest
    last double precision not null, -- newest
    last_at bigint not null, -- when that was read
    primary key (school_id, device_id, name, instance, day_at)
) /* strict, without rowid */;
