-- Marten's own tables, column for column.
create table if not exists __schema__.mt_streams (
    id varchar not null constraint pkey_mt_streams_id primary key,
    type varchar null,
    version bigint null,
    timestamp timestamptz not null default now(),
    created timestamptz not null default now(),
    tenant_id varchar default '*DEFAULT*',
    is_archived bool default false
);

create table if not exists __schema__.mt_events (
    seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
    id uuid not null,
    stream_id varchar null constraint fkey_mt_events_stream_id references __schema__.mt_streams (id) on delete cascade,
    version bigint not null,
    data jsonb not null,
    bdata bytea null,
    type varchar(500) not null,
    timestamp timestamptz not null default now(),
    tenant_id varchar default '*DEFAULT*',
    mt_dotnet_type varchar null,
    correlation_id varchar null,
    causation_id varchar null,
    headers jsonb null,
    is_archived bool default false
);

create unique index if not exists pk_mt_events_stream_and_version on __schema__.mt_events (stream_id, version);
create sequence if not exists __schema__.mt_events_sequence owned by __schema__.mt_events.seq_id;

create table if not exists __schema__.mt_event_progression (
    name varchar not null constraint pk_mt_event_progression primary key,
    last_seq_id bigint null,
    last_updated timestamptz null default transaction_timestamp()
);

create table if not exists __schema__.mt_high_water_skips (
    ending_sequence bigint not null constraint pkey_mt_high_water_skips_ending_sequence primary key,
    starting_sequence bigint not null,
    timestamp timestamptz null default transaction_timestamp()
);

-- Ours, beside the layout. A row here is a committed event that has no position yet: it is taken away by whoever numbers it, so
-- that nothing depends on the order in which transactions began, drew sequence values or committed.
create table if not exists __schema__.event_store_unnumbered (
    sequence bigint not null,
    stream_id varchar null,
    version bigint not null,
    transaction xid8 not null default pg_current_xact_id(),
    noted timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1,
        autovacuum_vacuum_cost_delay = 0);
create index if not exists event_store_unnumbered_transaction on __schema__.event_store_unnumbered (transaction);

create table if not exists __schema__.event_store_feed (
    position bigint not null constraint event_store_feed_position primary key,
    sequence bigint not null constraint event_store_feed_sequence unique
);

create table if not exists __schema__.event_store_idempotency (
    key varchar not null constraint event_store_idempotency_key primary key,
    stream_id varchar not null,
    version bigint not null,
    sequence bigint not null,
    created timestamptz not null default now()
);
-- What the key stands for; null in rows of layout 1 and where the caller does not say.
alter table __schema__.event_store_idempotency add column if not exists command varchar null;

create table if not exists __schema__.event_store_sequencer (
    singleton bool not null default true constraint event_store_sequencer_singleton primary key check (singleton),
    layout int not null,
    fence bigint not null default 0,
    position bigint not null default 0
);
