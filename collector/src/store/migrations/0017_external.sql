-- Faults are found by the contractor's own number, however it is typed, and by twins: the same fault of the same model elsewhere.
alter table fault add column external_folded text not null default ''; -- external_ref, folded. Writer: admin
update fault set external_folded = replace(lower(external_ref), '-', ' ') where external_ref <> '';
create index fault_external on fault (external_folded, fault_id) where external_folded <> '';
create index fault_code on fault (code, opened_at desc, fault_id desc);
