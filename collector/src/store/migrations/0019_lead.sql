-- Leads of contractors make accounts for their people. Writer: admin, and leads.
alter table account add column leads boolean not null default false; -- it makes accounts within its own sight
alter table account add column under_id bigint; -- the lead that made it, beyond whose sight it never sees; null: an administrator made it
create index account_under on account (under_id) where under_id is not null;
