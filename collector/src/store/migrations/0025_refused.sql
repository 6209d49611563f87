-- Who refused an account: what an administrator refused, no lead lets in again.
alter table account add column refused_by_lead boolean not null default false; -- its lead refused it, and may let it in again; set by leads, ended by administrators
