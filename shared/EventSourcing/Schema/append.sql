-- Appends to a batch of different streams in one transaction; each stream has its own outcome, in the order of the arrays.
-- Outcomes: 0 appended, 1 wrong version, 2 the stream exists, 3 archived, 4 repeated (the key is known, the first answer is given with
-- the command that it was for; the caller compares).
-- Locks are always taken in one order: new streams by id, then existing streams by id, then keys. No two batches can deadlock.
-- Each statement below has a snapshot of its own, so what follows a lock sees what its former holder committed.
create or replace function __schema__.event_store_append(
    p_streams varchar[], p_types varchar[], p_expected bigint[], p_counts bigint[], p_keys varchar[], p_commands varchar[],
    p_append int[], p_offset bigint[], p_event_streams varchar[], p_ids uuid[], p_names varchar[], p_dotnet_types varchar[], p_data jsonb[],
    p_correlations varchar[], p_causations varchar[], p_headers jsonb[])
returns table (outcome int, answer_stream varchar, answer_version bigint, answer_sequence bigint, answer_command varchar)
language plpgsql set enable_seqscan = off set jit = off as $$
declare
    v_keyed constant bool := exists (select from unnest(p_keys) k where k is not null);
    v_outcome int[] := array_fill(0, array[cardinality(p_streams)]);
    v_before bigint[] := array_fill(0::bigint, array[cardinality(p_streams)]);
    v_made bool[] := array_fill(false, array[cardinality(p_streams)]);
begin
    if v_keyed then
        select array_agg(case when k.key is null then 0 else 4 end order by a.i) into v_outcome
        from unnest(p_keys) with ordinality a (key, i) left join __schema__.event_store_idempotency k on k.key = a.key;
    end if;

    if exists (select from unnest(p_expected) e where e <= 0) then
        with made as (
            insert into __schema__.mt_streams (id, type, version)
            select a.stream, a.type, a.count
            from unnest(p_streams, p_types, p_expected, p_counts) with ordinality a (stream, type, expected, count, i)
            where a.expected <= 0 and v_outcome[a.i] = 0
              and not exists (select from __schema__.mt_streams s where s.id = a.stream)
            order by a.stream collate "C"
            on conflict (id) do nothing
            returning id
        )
        select array_agg(m.id is not null order by a.i) into v_made
        from unnest(p_streams) with ordinality a (stream, i) left join made m on m.id = a.stream;
    end if;

    if false = any (v_made) then
        with locked as materialized (
            select s.id, coalesce(s.version, 0) as version, s.is_archived
            from __schema__.mt_streams s
            where s.id in (select a.stream from unnest(p_streams) with ordinality a (stream, i) where not v_made[a.i] and v_outcome[a.i] = 0)
            order by s.id collate "C" for no key update
        )
        select array_agg(coalesce(l.version, 0) order by a.i),
               array_agg(case
                   when v_outcome[a.i] <> 0 or v_made[a.i] then v_outcome[a.i]
                   when l.id is null then case when a.expected > 0 then 1 else -1 end
                   when l.is_archived then 3
                   when a.expected = -1 or a.expected = l.version then 0
                   when a.expected = 0 then 2
                   else 1
               end order by a.i)
        into v_before, v_outcome
        from unnest(p_streams, p_expected) with ordinality a (stream, expected, i) left join locked l on l.id = a.stream;

        if -1 = any (v_outcome) then
            raise exception 'A stream vanished between two statements.' using errcode = 'serialization_failure';
        end if;

        if v_keyed then
            -- The same command may have run while its twin waited for the stream.
            select array_agg(case when k.key is null or v_made[a.i] then v_outcome[a.i] else 4 end order by a.i) into v_outcome
            from unnest(p_keys) with ordinality a (key, i) left join __schema__.event_store_idempotency k on k.key = a.key;
        end if;

        update __schema__.mt_streams s set version = a.before + a.count, timestamp = now(), type = coalesce(s.type, a.type)
        from (select u.stream, u.type, u.count, v_before[u.i] as before
              from unnest(p_streams, p_types, p_counts) with ordinality u (stream, type, count, i)
              where v_outcome[u.i] = 0 and not v_made[u.i]) a
        where s.id = a.stream;
    end if;

    return query
    with inserted as (
        insert into __schema__.mt_events
            (seq_id, id, stream_id, version, data, type, mt_dotnet_type, correlation_id, causation_id, headers)
        select nextval('__schema__.mt_events_sequence'), e.id, e.stream, v_before[e.append] + e.ordinal, e.data, e.name, e.dotnet_type,
               e.correlation, e.causation, e.headers
        from (select u.* from unnest(p_append, p_offset, p_event_streams, p_ids, p_names, p_dotnet_types, p_data,
                                     p_correlations, p_causations, p_headers)
                  u (append, ordinal, stream, id, name, dotnet_type, data, correlation, causation, headers)
              where v_outcome[u.append] = 0) e
        returning stream_id, version, seq_id
    ), ending as materialized (
        select n.stream_id, max(n.version) as version, max(n.seq_id) as sequence from inserted n group by n.stream_id
    ), remembered as (
        insert into __schema__.event_store_idempotency (key, stream_id, version, sequence, command)
        select a.key, a.stream, e.version, e.sequence, a.command
        from unnest(p_streams, p_keys, p_commands) with ordinality a (stream, key, command, i) join ending e on e.stream_id = a.stream
        where a.key is not null and v_outcome[a.i] = 0 order by a.key
    )
    select v_outcome[a.i], coalesce(k.stream_id, a.stream), coalesce(k.version, e.version, 0), coalesce(k.sequence, e.sequence, 0), k.command
    from unnest(p_streams, p_keys) with ordinality a (stream, key, i)
    left join ending e on e.stream_id = a.stream and v_outcome[a.i] = 0
    left join __schema__.event_store_idempotency k on k.key = a.key and v_outcome[a.i] = 4
    order by a.i;
end
$$;
