-- Names and numbers of one device, to be looked into together: "is this MAC one of that school's?" without reading every key.
create index device_key_device on device_key (device_id);
-- Devices of a kind in the order of their list; how many there are of each.
create index device_kind on device (kind, device_id);
-- Things in store are found by their kind from now on: rows of the register are named anew.
delete from meta where name = 'register_named' and exists (select 1 from register_row);
