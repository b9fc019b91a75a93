-- One stream with the version of its row; a row without an event when it has none. The plan uses the indexes, whatever the planner believed about
-- the tables when they were small.
create or replace function __schema__.event_store_load(p_stream varchar)
returns table (stream_version bigint, "position" bigint, seq_id bigint, id uuid, stream_id varchar, version bigint, type varchar, data jsonb,
               "timestamp" timestamptz, correlation_id varchar, causation_id varchar, headers jsonb, is_archived bool)
language plpgsql stable set enable_seqscan = off set jit = off as $$
#variable_conflict use_column
begin
    return query
    select s.version, f.position, e.seq_id, e.id, e.stream_id, e.version, e.type, e.data,
           e.timestamp, e.correlation_id, e.causation_id, e.headers, e.is_archived
    from __schema__.mt_streams s
    left join __schema__.mt_events e on e.stream_id = s.id
    left join __schema__.event_store_feed f on f.sequence = e.seq_id
    where s.id = p_stream order by e.version;
end
$$;
