-- Who sees what: the bounds of an account, as people write them. Empty: none. Writer: admin.
alter table account add column actor text not null default ''; -- of the plan: the contractor or subcontractor for whom it works
alter table account add column schools text not null default ''; -- a selector of schools
alter table account add column kinds text not null default ''; -- codes of kinds, separated by spaces
alter table account add column sight_of text not null default ''; -- the state of account, plan and register from which its sight was worked out

-- The same bounds worked out: what each bounded account sees. Writer: sight, whenever account, plan or register changed.
create table sight (
    account_id bigint not null, -- who
    school_id bigint not null, -- which school
    lot text not null, -- of which lot; *: of any, and what has none
    kind text not null, -- of which kind; *: of any, and what has none
    primary key (account_id, school_id, lot, kind)
) /* strict, without rowid */;

-- Which lot would mend a device. Writer: settle.
create table device_lot (
    school_id bigint not null, -- where
    device_id bigint not null, -- which
    lot text not null, -- code of the lot
    primary key (school_id, device_id)
) /* strict, without rowid */;
