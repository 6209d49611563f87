-- Lines of the weekly lists: what is to be seen to in time. Writer: settle.
create table list_item (
    school_id bigint not null, -- where
    item_key text not null, -- natural key within the school
    code text not null, -- which list: a row of the table of faults
    device_id bigint, -- the device concerned
    since_at bigint not null, -- since when it stands there
    count bigint not null, -- how many things it is about
    facts text not null, -- JSON: parameters of its sentence
    primary key (school_id, item_key)
) /* strict, without rowid */;
create index list_item_code on list_item (code, school_id, item_key);
