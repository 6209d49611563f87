-- What people decided about places: they outlast imports, for keys of places do. Writer: admin.

-- A device that a person put to a place.
create table place_choice (
    school_id bigint not null, -- where
    place_key text not null, -- the place
    device_id bigint not null, -- the device
    by_whom text not null, -- account's login
    at bigint not null, -- when
    primary key (school_id, place_key)
) /* strict, without rowid */;
create unique index place_choice_device on place_choice (device_id);

-- Models that are accepted as equivalent to what a kit asks for: once for kit and model, all over the town.
create table accepted_model (
    kit text not null, -- kit code
    model text not null, -- model, folded
    by_whom text not null, -- account's login
    at bigint not null, -- when
    primary key (kit, model)
) /* strict, without rowid */;
