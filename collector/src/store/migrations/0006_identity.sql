-- What people decided about who is who. Writer: people, through `decide`; undone decisions stay.
create table identity_decision (
    decision_id bigint not null primary key, -- id, in the order of deciding
    school_id bigint not null, -- school of the device that was kept
    at bigint not null, -- when
    by_whom text not null, -- login
    what text not null, -- merge, split
    kept_id bigint not null, -- the device that went on
    other_id bigint not null, -- merge: the device that was put aside; split: the new one
    other_place text not null, -- merge: key of the place that the other device filled; empty: none
    reason text not null, -- why, in the person's words
    undone_at bigint, -- when it was taken back; null: it stands
    undone_by text -- by whom
) /* strict */;
create index identity_decision_kept on identity_decision (kept_id);
create index identity_decision_other on identity_decision (other_id);
create index identity_decision_school on identity_decision (school_id, decision_id);

-- Devices as they were before a decision, column by column as in device. Writer: people, through `decide`.
create table device_aside (
    decision_id bigint not null, -- which decision
    school_id bigint not null, -- as in device
    device_id bigint not null, -- as in device
    kind text, -- as in device
    vendor text, -- as in device
    model text, -- as in device
    serial text, -- as in device
    serial_folded text, -- as in device
    name text, -- as in device
    name_folded text, -- as in device
    os text, -- as in device
    os_version text, -- as in device
    firmware text, -- as in device
    place_at text, -- as in device
    place_device text, -- as in device
    place_port text, -- as in device
    keys text not null, -- as in device
    addresses text not null, -- as in device
    parts text not null, -- as in device
    signs text not null, -- as in device
    probes text not null, -- as in device
    why text not null, -- as in device
    confidence bigint not null, -- as in device
    first_seen_at bigint not null, -- as in device
    present boolean not null, -- as in device
    turned_at bigint not null, -- as in device
    turned_round bigint not null, -- as in device
    agent_id bigint not null, -- as in device
    network text not null, -- as in device
    primary key (decision_id, device_id)
) /* strict, without rowid */;
