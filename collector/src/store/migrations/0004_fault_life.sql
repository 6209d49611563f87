-- The life of faults: where each stands, who mends it, which deadline it breaks first. A fault of before is open or closed.
alter table fault add column state text not null default 'open'; -- open, acknowledged, assigned, in_progress, suspended, claimed, closed. Writer: settle, admin
alter table fault add column state_at bigint not null default 0; -- since when. Writer: settle, admin
alter table fault add column origin text not null default 'look'; -- look: found by Rollcall; town, school: reported by people. Writer: who opens
alter table fault add column lot text not null default ''; -- code of the lot that mends it; empty: none known. Writer: settle, admin
alter table fault add column breaks_at bigint; -- the first deadline that runs out; null: no clock runs. Writer: settle
alter table fault add column external_ref text not null default ''; -- the contractor's own number. Writer: admin
alter table fault add column reports bigint not null default 0; -- reports of schools that joined it. Writer: admin
alter table fault add column incident_id bigint; -- number of the first fault of an incident of several schools; null: it stands alone. Writer: settle
alter table fault add column life text not null default '{}'; -- JSON: the rest of its life (claims, waits, held spans, turns, clock). Writer: settle, admin

update fault
set state = 'closed', state_at = cleared_at
where cleared_at is not null;

update fault
set state_at = coalesce(confirmed_at, opened_at)
where cleared_at is null;

-- What breaks first comes first; without a deadline the gravest and oldest.
drop index fault_list;
create index fault_list on fault (coalesce(breaks_at, 9223372036854775807), severity desc, opened_at, fault_id) where cleared_at is null;
create index fault_of_school on fault (school_id, cleared_at) where cleared_at is not null;
create index fault_incident on fault (incident_id) where incident_id is not null;
