-- The trail's tables, in the database accessgov_audit. Run by whoever owns them, never by the service; may be repeated,
-- also by several at once.
-- The roles audit_append, audit_seal and audit_read own nothing and can do what is granted at the end.
select pg_advisory_xact_lock(hashtext('trail'), 0);
create schema if not exists trail;

-- Events that wait for their place, as they came, encrypted.
create table if not exists trail.intake (
    id bigint generated always as identity primary key,
    source text not null check (length(source) between 1 and 200),
    received_at timestamptz not null,
    events integer not null check (events > 0),
    may_repeat boolean not null,
    body bytea not null);
-- What could not be read when its turn came: somebody changed it. Kept as it is, for whoever looks.
create table if not exists trail.intake_unreadable (
    id bigint primary key,
    source text not null,
    received_at timestamptz not null,
    events integer not null,
    may_repeat boolean not null,
    body bytea not null);

-- Ciphertext does not become smaller.
alter table trail.intake alter column body set storage external;

-- How far the trail has come. The sequencer that raised the fence last is the only one that moves it.
create table if not exists trail.head (
    singleton boolean primary key default true check (singleton),
    size bigint not null,
    root bytea not null,
    previous bytea not null,
    received_at timestamptz not null,
    fence bigint not null);
insert into trail.head (size, root, previous, received_at, fence)
values (0, sha256(''), decode(repeat('00', 32), 'hex'), '-infinity', 0) on conflict do nothing;

-- What sources that may send again have sent: an HMAC of source, id and content. Old ones are forgotten.
create table if not exists trail.sent (
    hash bytea primary key,
    received_at timestamptz not null);
create index if not exists sent_received_at on trail.sent (received_at);

-- Whom sealed fields are about. The lookup is an HMAC of their id; the token stands for them in the trail.
create table if not exists trail.subject (
    lookup bytea primary key,
    kind text not null check (kind in ('patient', 'person', 'source')),
    token text not null unique);

-- Patients who were asked for and of whom the trail has nothing, with the token that becomes theirs with their first event, and the year
-- in which they were asked for last. There is no key of theirs, and no leaf has their number: it is here, encrypted.
create table if not exists trail.unknown_patient (
    lookup bytea primary key,
    token text not null unique,
    year integer not null);
alter table trail.unknown_patient add column if not exists number bytea;

-- The keys of sealed fields, wrapped under the key of an epoch: one for each subject, retention class and year. One that is being
-- shredded has no subject any more.
create table if not exists trail.data_key (
    kid text primary key,
    lookup bytea references trail.subject,
    class text not null,
    year integer not null,
    epoch integer not null,
    wrapped bytea not null,
    unique (lookup, class, year));
create index if not exists data_key_class on trail.data_key (class, year) where lookup is not null;
create index if not exists data_key_epoch on trail.data_key (epoch, kid);

-- Counts the changes after which keys that somebody has in memory must not be used any more.
create table if not exists trail.key_generation (
    singleton boolean primary key default true check (singleton),
    generation bigint not null);
insert into trail.key_generation (generation) values (0) on conflict do nothing;

-- The epochs of the keys that protect data keys. The keys themselves are files.
create table if not exists trail.key_epoch (
    epoch integer primary key,
    made_at timestamptz not null,
    retired_at timestamptz,
    destroyed_at timestamptz);

-- Who asked to open what is in the archive, and who allowed it. The reason is encrypted.
create table if not exists trail.unseal_request (
    id uuid primary key,
    state text not null check (state in ('requested', 'approved', 'denied')),
    requested_by text not null,
    requested_at timestamptz not null,
    sequences bigint[] not null,
    reason bytea not null,
    decided_by text,
    decided_at timestamptz);

-- What must not be shredded, whatever its age: what is about somebody, of a retention class, of a time of receipt, or all of it. The
-- reasons are encrypted.
create table if not exists trail.legal_hold (
    id uuid primary key,
    kind text check (kind in ('patient', 'person')),
    lookup bytea check ((lookup is null) = (kind is null)),
    class text,
    from_at timestamptz,
    to_at timestamptz,
    reason bytea not null,
    placed_by text not null,
    placed_at timestamptz not null,
    lifted_by text,
    lifted_at timestamptz,
    lift_reason bytea);

-- What is proposed for shredding, is being shredded, or was: the keys of a class and a year, or of a patient, whom it forgets then.
create table if not exists trail.shredding (
    id uuid primary key,
    state text not null check (state in ('proposed', 'approved', 'condemned', 'recorded', 'destroyed', 'done', 'denied', 'stopped')),
    ground text not null,
    has_exception boolean not null,
    class text,
    year integer,
    lookup bytea,
    token text,
    through bigint,
    reason bytea,
    proposed_by text not null,
    proposed_at timestamptz not null,
    first_approver text,
    second_approver text,
    decided_at timestamptz,
    keys bigint,
    digest text,
    leaves bigint,
    sample bigint,
    recorded_at timestamptz,
    leaf bigint,
    finished_at timestamptz);
create unique index if not exists shredding_open on trail.shredding (coalesce(class, ''), coalesce(year, 0), coalesce(lookup, ''))
    where state in ('proposed', 'approved');
create index if not exists shredding_running on trail.shredding (state) where state in ('approved', 'condemned', 'recorded', 'destroyed');

-- What is proposed to be removed from the trail, is being removed, or was: all leaves before a number.
create table if not exists trail.pruning (
    id uuid primary key,
    state text not null check (state in ('proposed', 'approved', 'recorded', 'done', 'denied', 'stopped')),
    minimum bigint not null,
    proposed_by text not null,
    proposed_at timestamptz not null,
    first_approver text,
    second_approver text,
    decided_at timestamptz,
    recorded_at timestamptz,
    leaf bigint,
    finished_at timestamptz);
create unique index if not exists pruning_open on trail.pruning ((true)) where state in ('proposed', 'approved', 'recorded');

-- The keys that were shredded: whoever finds a sealed field that nothing opens finds out why.
create table if not exists trail.shredded_key (
    kid text primary key,
    kind text not null,
    shredding uuid not null);
create index if not exists shredded_key_shredding on trail.shredded_key (shredding, kid);

-- The files of sealed fields that are still to be removed after their key.
create table if not exists trail.shredded_blob (
    shredding uuid not null,
    hash text not null,
    primary key (shredding, hash));

-- What is searched: a copy of the trail's clear fields, which can be made again from the files.
create table if not exists trail.entry (
    seq bigint not null primary key,
    at timestamptz not null,
    received_at timestamptz not null,
    service text collate "C" not null,
    kind text collate "C" not null,
    action text collate "C" not null,
    outcome text collate "C" not null,
    actor text collate "C",
    patient text collate "C",
    study text collate "C",
    series text collate "C",
    resource text collate "C",
    session text collate "C",
    address text collate "C",
    workstation text collate "C",
    emergency_case text collate "C",
    reason text collate "C",
    decision text collate "C");
create index if not exists entry_patient on trail.entry (patient, at, seq) where patient is not null;
create index if not exists entry_actor on trail.entry (actor, at, seq) where actor is not null;
create index if not exists entry_study on trail.entry (study, at, seq) where study is not null;
create index if not exists entry_case on trail.entry (emergency_case, at, seq) where emergency_case is not null;
create index if not exists entry_at on trail.entry (at, seq);

-- Which retention classes there are leaves of, by the year of receipt: one that the settings do not have any more is kept.
create table if not exists trail.class_year (
    class text collate "C" not null,
    year integer not null,
    primary key (class, year));
insert into trail.class_year
select class, year from trail.data_key where not exists (select 1 from trail.class_year)
union select class, year from trail.shredding where class is not null and not exists (select 1 from trail.class_year)
on conflict do nothing;

-- What came of verifying the trail: how far it was good and the root over that, when, and what is wrong first.
create table if not exists trail.verification (
    singleton boolean primary key default true check (singleton),
    since timestamptz not null,
    through bigint not null default 0,
    root bytea,
    verified_at timestamptz,
    whole_at timestamptz,
    code text,
    leaf bigint);

-- How far those have come who read the trail from its beginning.
create table if not exists trail.progress (
    name text primary key,
    size bigint not null);

-- Which fields were missing in how many events that came on a day.
create table if not exists trail.completeness (
    source text collate "C" not null,
    kind text collate "C" not null,
    day date not null,
    field text collate "C" not null,
    missing bigint not null,
    events bigint not null,
    primary key (source, kind, day, field)) with (fillfactor = 50);

revoke all on schema trail from public;
grant usage on schema trail to audit_append, audit_seal, audit_read;
grant insert on trail.intake to audit_append;
grant select, insert, delete on trail.intake to audit_seal;
grant insert on trail.intake_unreadable to audit_seal;
grant select, update on trail.head to audit_seal;
grant select on trail.head to audit_append, audit_read;
grant select, insert, delete on trail.sent to audit_seal;
grant select, insert, delete on trail.subject to audit_seal;
grant select, insert, update, delete on trail.unknown_patient to audit_seal;
grant select, insert, update, delete on trail.data_key to audit_seal;
grant select, update on trail.key_generation to audit_seal;
grant select, insert, update on trail.key_epoch, trail.unseal_request, trail.legal_hold, trail.shredding, trail.pruning to audit_seal;
grant select, insert on trail.shredded_key, trail.class_year to audit_seal;
grant select, insert, delete on trail.shredded_blob to audit_seal;
grant select on trail.subject, trail.unknown_patient, trail.data_key, trail.key_epoch, trail.unseal_request to audit_read;
grant select on trail.legal_hold, trail.shredding, trail.pruning, trail.shredded_key, trail.class_year to audit_read;
grant select, insert on trail.entry to audit_seal;
grant select on trail.entry to audit_read;
grant select, insert, update on trail.progress, trail.verification to audit_seal;
grant select on trail.progress to audit_read;
grant select, insert, update on trail.completeness to audit_append, audit_seal;
grant select on trail.completeness to audit_read;

-- How far each store of other services has told its events, what its digest was there, and what did not fit.
create table if not exists trail.feed (
    service text not null,
    stream text collate "C" not null,
    through bigint not null,
    count bigint not null,
    digest text not null,
    told_at timestamptz not null,
    attested_at timestamptz,
    primary key (service, stream));
alter table trail.feed add column if not exists silent_since timestamptz;
-- Where messages ended since the last recount: a recount is compared with one of them.
create table if not exists trail.feed_mark (
    service text not null,
    stream text collate "C" not null,
    through bigint not null,
    count bigint not null,
    digest text not null,
    primary key (service, stream, through));
create table if not exists trail.feed_finding (
    id bigint generated always as identity primary key,
    service text not null,
    stream text collate "C" not null,
    code text not null,
    position bigint not null,
    found_at timestamptz not null);
grant select, insert, update on trail.feed to audit_append;
grant select, insert, delete on trail.feed_mark to audit_append;
grant select, insert on trail.feed_finding to audit_append;
grant select on trail.feed, trail.feed_finding to audit_read;
