namespace AccessGov.Messaging.Postgres;

/// <summary>The SQL of the postgres transport, as values, so that a test can break one guarantee and see that it is caught.</summary>
internal sealed record QueueStatements
{
    /// <summary>
    /// Only the first message of a subject may be taken, so that the others wait while it is being handled (its row is still visible then), waits for a
    /// retry, or is dead. The names in $3 overtake a dead first and what waits behind it, but nothing that is still being tried.
    /// </summary>
    public const string OrderGuard = """
        coalesce((
            select first.position = m.position
                or (first.state = 'dead' and m.type = any ($3) and not exists (
                    select from bus.message o
                    where o.queue = m.queue and o.subject = m.subject and o.position < m.position and o.state = 'pending' and o.type = any ($3)))
            from bus.message first
            where first.queue = m.queue and first.subject = m.subject and first.state <> 'scheduled'
            order by first.position limit 1), false)
        """;

    /// <summary>
    /// Two transactions that publish about one subject at the same time may commit against the order of their positions; the guard alone could then let
    /// two of its messages be handled at once. The lock keeps a subject to one consumer.
    /// </summary>
    public const string SubjectLock = "pg_try_advisory_xact_lock(hashtext('bus'), hashtext(queue || ' ' || subject))";

    private const string Result =
        $"select position, id, source, type, subject, time, traceparent, datacontenttype, data::text, failures, {SubjectLock} from head";

    public static QueueStatements Default { get; } = new();

    /// <summary>$1 type, $2 id, $3 source, $4 subject, $5 time, $6 traceparent, $7 content type, $8 data, $9 state, $10 due (null: at once, whatever the clocks say).</summary>
    public string Publish { get; init; } = """
        insert into bus.message (queue, id, source, type, subject, time, traceparent, datacontenttype, data, state, due_at, waiting_since)
        select queue, $2, $3, $1, $4, $5, $6, $7, $8, $9, coalesce($10, '-infinity'), coalesce($10, $5) from bus.subscription where message = $1
        """;

    /// <summary>Looks among the oldest messages of the queue. $1 queue, $2 now, $3 overtaking names, $4 subjects to leave out.</summary>
    public string TakeNear { get; init; } = $"""
        with head as materialized (
            select * from bus.message m
            where m.queue = $1 and m.state = 'pending' and m.due_at <= $2 and m.subject <> all ($4) and {OrderGuard}
              and m.position <= coalesce((
                  select position from bus.message where queue = $1 and state = 'pending' order by position offset 100 limit 1), 9223372036854775807)
            order by m.position limit 1 for update of m skip locked)
        {Result}
        """;

    /// <summary>
    /// Looks at the first message of each subject, hopping from subject to subject in the index: a subject that is stuck with a long tail costs others
    /// nothing. The same parameters. (Adding 0, and not asking for pending
    /// by its name, keeps the planner from walking the whole index of the pending for the order's sake.)
    /// </summary>
    public string TakeFar { get; init; } = $"""
        with recursive lane as (
            (select subject from bus.message where queue = $1 and state <> 'scheduled' order by subject limit 1)
            union all
            select (select m.subject from bus.message m where m.queue = $1 and m.state <> 'scheduled' and m.subject > lane.subject order by m.subject limit 1)
            from lane where lane.subject is not null),
        candidate as materialized (
            select first.position from lane, lateral (
                (select position from bus.message where queue = $1 and subject = lane.subject and state <> 'scheduled' order by position limit 1)
                union all
                (select position from bus.message
                 where queue = $1 and subject = lane.subject and state = 'pending' and type = any ($3) order by position limit 1)) first),
        head as materialized (
            select * from bus.message m
            where m.position = any (array(select position from candidate)) and m.queue = $1 and m.state not in ('dead', 'scheduled') and m.due_at <= $2
              and m.subject <> all ($4) and {OrderGuard}
            order by m.position + 0 limit 1 for update of m skip locked)
        {Result}
        """;

    /// <summary>
    /// A scheduled message takes its place in the order of its subject when it is due, so that what comes before needs not wait for it.
    /// One at a time per queue, so that scheduled messages keep their own order. $1 queue, $2 now.
    /// </summary>
    public string Promote { get; init; } = """
        with turn as materialized (select pg_try_advisory_xact_lock(hashtext('bus promote'), hashtext($1)) as mine),
        due as materialized (
            select m.position from bus.message m, turn
            where turn.mine and m.queue = $1 and m.state = 'scheduled' and m.due_at <= $2
            order by m.due_at, m.position limit 500),
        numbered as materialized (select position, nextval('bus.message_position_seq') as next from due)
        update bus.message m set state = 'pending', position = n.next
        from numbered n where m.position = n.position and m.queue = $1 and m.state = 'scheduled'
        """;

    /// <summary>One row when the message is new to the queue, none when it was handled before. $1 queue, $2 id, $3 now.</summary>
    public string Inbox { get; init; } =
        "insert into bus.inbox (queue, id, outcome, at) values ($1, $2, 'handled', $3) on conflict do nothing";

    /// <summary>$1 queue, $2 position.</summary>
    public string Complete { get; init; } = "delete from bus.message where queue = $1 and position = $2";

    /// <summary>Nothing when somebody else has brought it to an end by now. $1 queue, $2 position, $3 state, $4 due, $5 failures, $6 code, $7 error, $8 dead since.</summary>
    public string Fail { get; init; } = """
        update bus.message m set state = $3, due_at = $4, failures = $5, error_code = $6, error = $7, dead_since = $8
        where m.queue = $1 and m.position = (
            select position from bus.message where queue = $1 and position = $2 and failures = $5 - 1 for update)
        """;

    /// <summary>$1 queue, $2 oldest instant to keep.</summary>
    public string PruneInbox { get; init; } =
        "delete from bus.inbox where queue = $1 and id in (select id from bus.inbox where queue = $1 and at < $2 limit 5000)";
}
