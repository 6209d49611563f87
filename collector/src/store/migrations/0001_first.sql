-- The first tables. Read top down: bookkeeping, the town (plan's shadow), agents and what they told, devices, readings,
-- plan and register, places and counts, faults, people, messages.
--
-- Conventions. Times end in _at: UTC seconds; spans end in _s. Ids are bigint, handed out in blocks by id_block. "JSON" in a
-- comment is a compact text that only the store's own row types read. Who writes a table stands in its comment: ingest
-- (reports), settle, import (plans), admin (people's pages and commands), watch (the clock). A school's rows lie together:
-- their key begins with school_id, and SQLite keeps such tables in the order of the key (without rowid).

-- Facts of this database as a whole. Writer: main at start.
create table meta (
    name text not null primary key, -- `installation`: a random name of this installation, made once
    value text not null -- its value
) /* strict */;

-- The next free id of each sort. Writer: whoever needs one, in blocks, so that several collectors seldom meet here.
create table id_block (
    name text not null primary key, -- table whose ids these are
    next_id bigint not null -- first id that no block holds
) /* strict */;

-- One school as plan and people have it. Writer: import (what the plan says), ingest (due_at, fleet_seq), settle (settled_*, due_at), admin (accepted_at).
create table school (
    school_id bigint not null primary key, -- id
    code text not null unique, -- the town's own code; natural key of the import
    name text not null, -- as people read it
    name_folded text not null, -- for search and sorting
    kind text not null, -- maternelle, elementaire, primaire; empty: not said
    zone text not null, -- holiday zone: A, B, C, or overseas
    timetable text not null, -- school days of a week as the plan writes them
    phase text not null, -- phase code; empty: in none
    site text not null, -- site code: two schools may share one
    school_group text not null, -- group code; empty: none
    uai text not null, -- the ministry's number; empty: not said
    followed_from text not null, -- date from which it is looked at, as written; empty: not followed
    closed_on text not null, -- date of closure, as written; empty: open
    in_plan boolean not null, -- the newest plan still names it
    accepted_at bigint, -- when a technician accepted its first picture; null: still learning, nobody is notified
    due_at bigint, -- earliest time at which settle must look at it; null: nothing to do
    settled_at bigint not null, -- when settle last looked; 0: never
    settled_seq bigint not null, -- counts settles that changed something: pages and live updates compare it
    fleet_seq bigint not null -- counts writes of its devices: ingest compares it before it trusts what it remembers of them
) /* strict */;
create index school_due on school (due_at) where due_at is not null;
create index school_name on school (name_folded, school_id);
create index school_site on school (site);

-- Networks that agents look at, and whose school each is. Writer: import.
create table network (
    network_id bigint not null primary key, -- id
    name text not null unique, -- the name that the agent's file bears; natural key of the import
    site text not null, -- site code
    cidr text not null, -- as the plan writes it
    agent text not null, -- agent's host as the plan names it; empty: not said
    school_id bigint -- its school; null: shared by the schools of the site
) /* strict */;
create index network_site on network (site);
create index network_school on network (school_id) where school_id is not null;

-- One-time codes that let an agent enrol. Writer: admin makes, ingest takes.
create table enrol_code (
    code_hash bytes not null primary key, -- SHA-256 of the code: the code itself is never kept
    networks text not null, -- JSON list of network names
    made_by text not null, -- who
    made_at bigint not null, -- when
    expires_at bigint not null, -- not after
    used_at bigint, -- when it was used; null: not yet
    agent_id bigint -- by whom it was used
) /* strict */;

-- One enrolled agent key and where it stands in its stream. Writer: ingest; admin (revoked_at, paused); watch (silent_marked_at).
create table agent (
    agent_id bigint not null primary key, -- id
    public_key bytes not null unique, -- Ed25519, 32 octets
    host text not null, -- host name that it gave at enrolment
    version text not null, -- agent program's version
    networks text not null, -- JSON list of network names that its code was made for
    enrolled_at bigint not null, -- when
    revoked_at bigint, -- from when on it is refused; null: welcome
    replaced_by bigint, -- the agent that took over its networks
    paused boolean not null, -- people asked that all looking rests
    stream bigint, -- stream of the newest accepted report (64 bits); null: none yet
    number bigint, -- number of the newest accepted report in that stream
    picture_hash bytes, -- hash of the picture after it, 16 octets; null: no picture here
    began_at bigint not null, -- begin of its round, agent's clock
    reported_at bigint not null, -- end of its round, agent's clock; 0: never
    contact_at bigint not null, -- last accepted request, collector's clock; 0: never
    every_s bigint not null, -- how soon it means to report again
    skew_s bigint not null, -- agent's clock minus collector's at the last request
    round_count bigint not null, -- rounds that it has told so far
    rounds text not null, -- JSON: finished rounds by network and probe
    probes text not null, -- JSON: probe runs of the newest round
    troubles text not null, -- JSON: troubles of the newest round
    chain_count bigint not null, -- differences accepted since the base picture
    want_full boolean not null, -- the next difference cannot be placed: ask for a full picture
    refused_count bigint not null, -- reports refused
    silent_marked_at bigint -- when watch found it silent and marked its schools; null: it speaks
) /* strict */;

-- Which agents look at a network. Writer: ingest (enrolment), admin (revocation takes it out).
create table agent_network (
    network text not null, -- network's name
    agent_id bigint not null, -- an agent that is welcome
    primary key (network, agent_id)
) /* strict, without rowid */;
create index agent_network_agent on agent_network (agent_id);

-- Every stream of an agent: two that live at the same time are a cloned server. Writer: ingest.
create table stream (
    agent_id bigint not null, -- whose
    stream bigint not null, -- 64 random bits
    first_at bigint not null, -- first report in it, collector's clock
    last_at bigint not null, -- last one
    number bigint not null, -- newest number in it
    primary key (agent_id, stream)
) /* strict, without rowid */;

-- The newest full picture of each agent: the base on which its differences rest. Writer: ingest.
create table picture (
    agent_id bigint not null primary key, -- whose
    stream bigint not null, -- stream of the report
    number bigint not null, -- its number
    at bigint not null, -- end of its round
    body bytes not null -- its groups as JSON, zstd
) /* strict */;

-- Accepted differences, kept some days for re-reading. Writer: ingest; retention deletes.
create table difference (
    agent_id bigint not null, -- whose
    stream bigint not null, -- stream of the report
    number bigint not null, -- its number
    at bigint not null, -- end of its round
    body bytes not null, -- the difference as JSON, zstd
    primary key (agent_id, stream, number)
) /* strict, without rowid */;

-- What could not be understood or was refused for good, bounded. Writer: ingest; retention deletes.
create table set_aside (
    agent_id bigint not null, -- who sent it; 0: unknown
    at bigint not null, -- when, collector's clock
    reason text not null, -- what was found, what was expected
    body bytes not null, -- its first bytes
    body_bytes bigint not null, -- how large it was
    primary key (agent_id, at)
) /* strict, without rowid */;

-- One physical thing as last known. Writer: ingest. Whoever writes here moves school.fleet_seq of the device's school (of both, where it moves).
create table device (
    school_id bigint not null, -- school of its latest sighting
    device_id bigint not null, -- id, town-wide
    kind text, -- code of a row of the table of kinds; null: not known
    vendor text, -- maker
    model text, -- model
    serial text, -- as said
    serial_folded text, -- for search
    name text, -- as said
    name_folded text, -- for search
    os text, -- operating system
    os_version text, -- its version
    firmware text, -- firmware version
    place_at text, -- subject of the switch or access point on which it hangs
    place_device text, -- that one's name
    place_port text, -- port
    keys text not null, -- JSON: its keys with their ranks
    addresses text not null, -- JSON: MACs and addresses at the latest sighting
    parts text not null, -- JSON: parts whose filling is a reading
    signs text not null, -- JSON: what it says is wrong, and since when
    probes text not null, -- JSON: probes that saw it when last present
    why text not null, -- JSON: the ground of every conclusion
    confidence bigint not null, -- 0-100
    first_seen_at bigint not null, -- first sighting
    present boolean not null, -- an interval of presence is open
    turned_at bigint not null, -- since when present or absent
    turned_round bigint not null, -- round of its agent at that time
    agent_id bigint not null, -- agent of its latest sighting
    network text not null, -- network of it
    primary key (school_id, device_id)
) /* strict, without rowid */;
create unique index device_by_id on device (device_id);
create index device_serial on device (serial_folded) where serial_folded is not null;
create index device_name on device (name_folded) where name_folded is not null;

-- Which device owns a strong key (names are keys only within a school and stand in device.keys alone). Writer: ingest.
create table device_key (
    rank bigint not null, -- 1 serial, 2 MAC, 3 UUID, 4 management id
    value text not null, -- folded
    device_id bigint not null, -- the owner
    since_at bigint not null, -- first seen on it
    primary key (rank, value)
) /* strict, without rowid */;

-- Closed intervals of presence; the open one is device.turned_at while device.present. Writer: ingest; retention deletes.
create table presence (
    school_id bigint not null, -- where
    device_id bigint not null, -- who
    from_at bigint not null, -- came
    until_at bigint not null, -- left: end of the round that no longer saw it
    primary key (school_id, device_id, from_at)
) /* strict, without rowid */;

-- Timelines of schools and their devices. Writer: ingest (what fleet tells). The key begins with school and time: the lines of
-- one report lie on one page of the disk, and a device's own timeline is sought within its school's.
create table device_event (
    school_id bigint not null, -- school at that time
    device_id bigint not null, -- who
    at bigint not null, -- end of the round
    what text not null, -- first_seen, back, left, moved_school, place, address, kind, model, firmware, …
    was text not null, -- before, as shown
    becomes text not null, -- after
    primary key (school_id, at, device_id, what)
) /* strict, without rowid */;

-- Keys that contradict each other: for a person. Writer: ingest opens; admin resolves.
create table conflict (
    school_id bigint not null, -- where
    conflict_id bigint not null, -- id
    at bigint not null, -- first seen
    device_a bigint not null, -- the device that the strongest key names
    device_b bigint not null, -- the other; 0: one key on two unknown things
    key_rank bigint not null, -- the key that contradicts
    key_text text not null, -- its text
    reason text not null, -- in a sentence
    resolved_at bigint, -- decided by a person
    primary key (school_id, conflict_id)
) /* strict, without rowid */;
create unique index conflict_natural on conflict (device_a, device_b, key_rank, key_text);

-- What is counted and has no identity. Writer: ingest, when a count changes.
create table seat_count (
    school_id bigint not null, -- where
    network text not null, -- on which network
    what text not null, -- `seat` (answers, without any key), `private_mac` (visitors)
    count bigint not null, -- how many
    at bigint not null, -- since when
    primary key (school_id, network, what)
) /* strict, without rowid */;

-- Newest value of each reading of a device. Writer: ingest.
create table reading (
    school_id bigint not null, -- school of the device
    device_id bigint not null, -- whose
    name text not null, -- row of the table of readings
    instance text not null, -- which one of several
    value double precision not null, -- in the unit of its row
    at bigint not null, -- when read
    primary key (school_id, device_id, name, instance)
) /* strict, without rowid */;

-- Readings by the hour. Writer: ingest; retention deletes, after some days (see reading_day).
create table reading_hour (
    school_id bigint not null, -- school of the device
    device_id bigint not null, -- whose
    name text not null, -- row of the table of readings
    instance text not null, -- which one of several
    hour_at bigint not null, -- begin of the hour
    low double precision not null, -- least value
    high double precision not null, -- greatest
    last double precision not null, -- newest
    last_at bigint not null, -- when that was read
    primary key (school_id, device_id, name, instance, hour_at)
) /* strict, without rowid */;

-- Versions of the plan: never edited. Writer: import.
create table plan_version (
    version_id bigint not null primary key, -- id; the highest is in force
    parent_id bigint, -- the version before
    programme text not null, -- programme code
    author text not null, -- who
    note text not null, -- why
    made_at bigint not null, -- when
    digest bytes not null, -- SHA-256 of the tables: the same content makes no new version
    body bytes not null -- the plan's tables: name, headings, rows; JSON, zstd
) /* strict */;

-- The register: assets, cases, loans, attestations, row by row. Writer: import, admin.
create table register_row (
    table_name text not null, -- assets, cases, loans, attestations, …
    row_key text not null, -- its key cells, JSON
    position bigint not null, -- its place in the table: the order of rows is theirs
    cells text not null, -- JSON: cells by column, empty ones left out
    by_whom text not null, -- who wrote it last
    at bigint not null, -- when
    primary key (table_name, row_key)
) /* strict, without rowid */;

-- Every change of the register. Writer: whoever writes register_row, in the same transaction.
create table register_change (
    table_name text not null, -- table
    row_key text not null, -- row
    at bigint not null, -- when
    by_whom text not null, -- who
    was text not null, -- cells before; empty: new
    becomes text not null, -- cells after; empty: taken out
    primary key (table_name, row_key, at)
) /* strict, without rowid */;

-- What shall stand where, and what stands there. Writer: settle.
create table place (
    school_id bigint not null, -- where
    place_key text not null, -- natural key that stays over settles
    kind text not null, -- code of the kind
    room text not null, -- room; empty: not said
    kit text not null, -- kit; empty: from the register alone
    phase text not null, -- phase; empty: none
    model text not null, -- pattern of the model; empty: any
    label text not null, -- label of the asset that belongs here; empty: any
    due_on bigint, -- last day of its due date, days since 1970-01-01; null: undated
    due_text text not null, -- the due date as written
    known_by text not null, -- seen, through, hand
    device_id bigint, -- who stands there
    pinned boolean not null, -- by a person or the register, not by likeness
    outcome text not null, -- installed, missing, not_yet_due, …
    reason text not null, -- JSON: why, for a sentence
    since_at bigint not null, -- since when this outcome
    primary key (school_id, place_key)
) /* strict, without rowid */;
create index place_device on place (device_id) where device_id is not null;

-- A school's counts for overviews. Writer: settle.
create table school_count (
    school_id bigint not null primary key, -- whose
    planned bigint not null, -- places
    due bigint not null, -- places due by now
    installed bigint not null, -- places filled
    missing bigint not null, -- due and not there
    faulty bigint not null, -- filled by something that ails
    devices bigint not null, -- devices known
    present bigint not null, -- of them present
    critical bigint not null, -- open faults of this severity
    major bigint not null, -- open faults of this severity
    minor bigint not null, -- open faults of this severity
    visitors bigint not null, -- clients without identity
    shadow boolean not null, -- an agent is silent: nothing is known of now
    newest_at bigint not null -- newest report that speaks of the school
) /* strict */;

-- Counts by school, phase and kind: the programme's page sums a few thousand rows. Writer: settle.
create table phase_count (
    school_id bigint not null, -- whose
    phase text not null, -- phase code
    kind text not null, -- kind code
    planned bigint not null, -- places
    due bigint not null, -- places due by now
    installed bigint not null, -- places filled
    missing bigint not null, -- due and not there
    faulty bigint not null, -- filled by something that ails
    primary key (school_id, phase, kind)
) /* strict, without rowid */;

-- Faults. Writer: settle opens and clears what is found; admin those of people.
create table fault (
    school_id bigint not null, -- where
    fault_id bigint not null, -- id: the number that people quote
    fault_key text not null, -- natural key: one open fault a cause
    code text not null, -- row of the table of faults
    severity bigint not null, -- 3 critical, 2 major, 1 minor
    device_id bigint, -- the device that ails
    place_key text not null, -- the place that is concerned; empty: none
    opened_at bigint not null, -- when the cause began, by observation
    confirmed_at bigint, -- when enough rounds had said so; null: not shown yet
    cleared_at bigint, -- when it was seen mended; null: open
    how_cleared text not null, -- by the next look, by a person, …; empty: open
    count bigint not null, -- how many things it stands for
    facts text not null, -- JSON: parameters of its sentence
    shadow bigint not null, -- devices that cannot be seen because of it
    primary key (school_id, fault_id)
) /* strict, without rowid */;
create unique index fault_open on fault (school_id, fault_key) where cleared_at is null;
create unique index fault_by_id on fault (fault_id);
create index fault_list on fault (severity desc, opened_at, fault_id) where cleared_at is null;
create index fault_cleared on fault (cleared_at desc, fault_id desc) where cleared_at is not null;
create index fault_device on fault (device_id) where device_id is not null;

-- A fault's life. Writer: settle, admin.
create table fault_event (
    fault_id bigint not null, -- which
    at bigint not null, -- when
    what text not null, -- opened, confirmed, cleared, reopened, commented, …
    by_whom text not null, -- account's login; empty: Rollcall itself
    said text not null, -- free text
    primary key (fault_id, at, what)
) /* strict, without rowid */;

-- Messages to be sent. Writer: settle adds; notify marks.
create table outbox (
    outbox_id bigint not null primary key, -- id, in the order of writing
    at bigint not null, -- when
    school_id bigint, -- about which school
    topic text not null, -- what sort of message
    natural_key text not null unique, -- the same message is never queued twice
    body text not null, -- JSON: what it says
    sent_at bigint -- null: waiting
) /* strict */;
create index outbox_waiting on outbox (outbox_id) where sent_at is null;

-- People who sign in. Writer: admin.
create table account (
    account_id bigint not null primary key, -- id
    login text not null unique, -- folded
    name text not null, -- as shown
    role text not null, -- admin, technician, …
    password_hash text not null, -- argon2id, PHC text; empty: only by a link
    language text not null, -- fr, en; empty: the browser's
    made_at bigint not null, -- when
    disabled_at bigint, -- from when on refused
    must_change boolean not null -- the password must be changed at the next sign-in
) /* strict */;

-- Signed-in browsers. Writer: sign-in; retention deletes.
create table session (
    token_hash bytes not null primary key, -- SHA-256 of the cookie's token
    account_id bigint not null, -- who
    made_at bigint not null, -- when
    seen_at bigint not null, -- last request, moved at most every few minutes
    expires_at bigint not null, -- not after
    csrf text not null -- token that each form carries
) /* strict */;
create index session_account on session (account_id);

-- Links that work once. Writer: main (first admin), admin.
create table once_link (
    token_hash bytes not null primary key, -- SHA-256 of the token
    purpose text not null, -- first_admin, set_password
    account_id bigint, -- for whom
    expires_at bigint not null, -- not after
    used_at bigint -- null: not yet
) /* strict */;

-- Who changed what. Writer: every change by a person, in its transaction.
create table audit (
    audit_id bigint not null primary key, -- id, in the order of writing
    at bigint not null, -- when
    who text not null, -- login; `console` for commands
    what text not null, -- verb: agent.revoke, plan.import, …
    subject text not null, -- of what
    was text not null, -- before
    becomes text not null -- after
) /* strict */;

-- Counters that outlive a restart. Writer: ingest (refused signatures), retention (what it deleted).
create table counter (
    name text not null primary key, -- which
    value bigint not null -- how many
) /* strict */;
