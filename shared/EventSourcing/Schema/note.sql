-- Notes every inserted event, whoever inserts it: this library, Marten, or somebody at a prompt.
-- Marten's tombstones stand for appends that failed and are never handed to anyone.
create or replace function __schema__.event_store_note() returns trigger language plpgsql as $$
begin
    insert into __schema__.event_store_unnumbered (sequence, stream_id, version)
    select seq_id, stream_id, version from inserted where type <> 'tombstone';
    return null;
end
$$;

do $$
begin
    if not exists (select from pg_trigger where tgrelid = '__schema__.mt_events'::regclass and tgname = 'event_store_note') then
        create trigger event_store_note after insert on __schema__.mt_events
            referencing new table as inserted for each statement execute function __schema__.event_store_note();
        -- Events that were there before the trigger. Creating it holds off writers until this transaction ends.
        insert into __schema__.event_store_unnumbered (sequence, stream_id, version)
        select e.seq_id, e.stream_id, e.version from __schema__.mt_events e
        where e.type <> 'tombstone'
          and not exists (select from __schema__.event_store_feed f where f.sequence = e.seq_id)
          and not exists (select from __schema__.event_store_unnumbered u where u.sequence = e.seq_id);
    end if;
end
$$;
