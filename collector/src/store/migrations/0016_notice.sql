-- Who hears of faults, how and when. Writer of the settings: account, admin.
alter table account add column email text not null default ''; -- where letters go; empty: nowhere
alter table account add column zone text not null default ''; -- IANA name of the clock of its quiet hours; empty: the programme's
alter table account add column quiet text not null default ''; -- HH:MM-HH:MM; none: no quiet hours; empty: the town's
alter table account add column urgent_at_night boolean not null default false; -- urgent news come in quiet hours as well

create table notice_choice (
    account_id bigint not null, -- who
    matter text not null, -- new, back, mended, word
    choice text not null, -- never, at_once, digest, weekly
    primary key (account_id, matter)
) /* strict, without rowid */;

-- Programs of an account that are told. Writer: account.
create table webhook (
    webhook_id bigint not null primary key, -- id
    account_id bigint not null, -- whose
    url text not null, -- where
    salt text not null, -- with the key file it makes the secret that signs; the secret itself is kept nowhere
    matters text not null, -- codes, separated by spaces
    made_at bigint not null -- when
) /* strict */;
create index webhook_account on webhook (account_id);

-- One line of the outbox for one account on one way. Writer: notify; retention deletes with its delivery.
create table notice (
    notice_id bigint not null primary key, -- id, in the order of writing
    account_id bigint not null, -- who is to hear
    webhook_id bigint not null, -- through which webhook; 0: by e-mail
    subject text not null, -- what nobody is told twice
    fault_id bigint not null, -- of which fault
    topic text not null, -- sort of line of the outbox
    matter text not null, -- new, back, mended, word
    pace text not null, -- at_once, digest, weekly
    at bigint not null, -- when it happened
    by_whom text not null, -- login of who did it; empty: a look
    said text not null, -- in their words, clipped
    due_at bigint not null, -- not before
    delivery_id bigint -- the letter that tells it; null: it waits
) /* strict */;
create unique index notice_subject on notice (account_id, webhook_id, subject);
create index notice_waiting on notice (due_at) where delivery_id is null;
create index notice_delivery on notice (delivery_id) where delivery_id is not null;

-- One letter or one call of a webhook: sent at least once. Writer: notify, links; retention deletes.
create table delivery (
    delivery_id bigint not null primary key, -- id; the letter's Message-ID is made from it, so that one sent twice is known as one
    account_id bigint not null, -- to whom
    webhook_id bigint not null, -- through which webhook; 0: by e-mail
    sort text not null, -- notices, sign_in, set_password
    made_at bigint not null, -- when
    next_at bigint not null, -- not before; while somebody sends it: until when nobody else does
    attempts bigint not null, -- so many times
    sent_at bigint, -- null: not yet
    given_up_at bigint, -- it was tried long enough
    error text not null -- why the last attempt failed; empty: it did not
) /* strict */;
create index delivery_open on delivery (next_at) where sent_at is null and given_up_at is null;
create index delivery_account on delivery (account_id, webhook_id, delivery_id);

-- What waited before there was a way to send it is told to nobody.
update outbox set sent_at = at where sent_at is null;
