-- Numbers every committed event that has no position yet. One statement, so one snapshot, takes the rows away and numbers them: a row
-- that is not visible yet stays and is taken later, a row that is taken is numbered, and no row can be taken twice.
-- Within a stream the version decides; among streams the order is that of seq_id, moved back only as far as a stream's version demands.
-- p_since is a bound on the search only: the oldest transaction that was open when the same session numbered last (0 at first).
create or replace function __schema__.event_store_number(p_fence bigint, p_since xid8)
returns table (numbered bigint, head bigint, horizon xid8, next_transaction xid8) language plpgsql set enable_seqscan = off set jit = off as $$
declare
    v_position bigint;
    v_numbered bigint;
    v_horizon xid8;
    v_next xid8;
    v_broken varchar;
begin
    select s.position into v_position from __schema__.event_store_sequencer s where s.fence = p_fence for update;
    if not found then
        raise exception 'Another sequencer has taken over.' using errcode = 'AG001';
    end if;

    with taken as (
        delete from __schema__.event_store_unnumbered u where u.transaction >= p_since returning u.sequence, u.stream_id, u.version
    ), ordered as materialized (
        select t.sequence, t.stream_id, t.version, max(t.sequence) over w as turn, lag(t.version) over w as previous
        from taken t window w as (partition by t.stream_id collate "C" order by t.version)
    ), fed as (
        insert into __schema__.event_store_feed (position, sequence)
        select v_position + row_number() over (order by o.turn, o.version), o.sequence from ordered o
        returning 1
    )
    select (select count(*) from fed), pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot()),
           (select format('%s version %s', o.stream_id, o.version) from ordered o
            where o.stream_id is not null and case
                when o.previous is not null then o.version <> o.previous + 1
                else o.version <> 1 and not exists (
                    select from __schema__.mt_events e join __schema__.event_store_feed f on f.sequence = e.seq_id
                    where e.stream_id = o.stream_id and e.version = o.version - 1)
                end
            limit 1)
    into v_numbered, v_horizon, v_next, v_broken;

    if v_broken is not null then
        raise exception 'The versions of a stream are not contiguous: % has no predecessor.', v_broken using errcode = 'AG002';
    end if;

    if v_numbered > 0 then
        v_position := v_position + v_numbered;
        update __schema__.event_store_sequencer s set position = v_position where s.singleton;
        perform pg_notify('__schema___numbered', v_position::text);
    end if;

    return query select v_numbered, v_position, v_horizon, v_next;
end
$$;
