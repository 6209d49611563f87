-- What people decided of deviations, remembered. A column that is null names nothing: it does not matter. Writer: admin.
create table verdict (
    verdict_id bigint not null primary key, -- id
    verdict text not null, -- silence, accepted, not_a_fault, not_ours
    school_id bigint, -- one school; null: the whole town
    fault_key text, -- one fault, by its key
    code text, -- one sort of fault
    device_id bigint, -- one device
    kind text, -- one kind
    kit text, -- one kit
    phase text, -- one phase
    model text, -- one model: a pattern with *
    from_at bigint not null, -- from when on it holds
    until_at bigint, -- until when; null: until it is taken back
    reason text not null, -- in whose words
    by_whom text not null, -- who decided
    at bigint not null, -- when
    fault_id bigint, -- the fault on whose page it was decided
    revoked_at bigint, -- when it was taken back; null: in force
    revoked_by text -- by whom
) /* strict */;
create index verdict_school on verdict (school_id) where revoked_at is null;
create index verdict_device on verdict (device_id) where device_id is not null;
create index verdict_fault on verdict (fault_id) where fault_id is not null;

-- Visits of people to schools, planned and done. Writer: admin.
create table intervention (
    intervention_id bigint not null primary key, -- id
    school_id bigint not null, -- where
    lot text not null, -- code of the lot that comes; empty: the town itself
    planned_on bigint not null, -- day, days since 1970-01-01
    state text not null, -- planned, done, cancelled
    done_at bigint, -- when it was said to be done
    said text not null, -- what was done, or why not
    by_whom text not null, -- who planned it
    at bigint not null -- when
) /* strict */;
create unique index intervention_natural on intervention (school_id, lot, planned_on) where state = 'planned';
create index intervention_next on intervention (planned_on, intervention_id) where state = 'planned';

-- Which faults a visit means to mend. Writer: admin.
create table intervention_fault (
    intervention_id bigint not null, -- the visit
    fault_id bigint not null, -- the fault
    primary key (intervention_id, fault_id)
) /* strict, without rowid */;
create index intervention_of_fault on intervention_fault (fault_id);

-- What strikes several schools at once is sought by sort and time.
create index fault_together on fault (code, opened_at) where cleared_at is null;
