-- Devices that somebody holds or borrowed: no interval of their presence is kept, and of them one last day is told. Writer: settle.
create table personal (
    device_id bigint not null primary key, -- the device
    school_id bigint not null -- where
) /* strict */;
create index personal_school on personal (school_id, device_id);
update school set due_at = 0; -- each is looked at anew
