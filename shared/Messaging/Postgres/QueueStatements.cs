namespace AccessGov.Messaging.Postgres;

/// <summary>The SQL of the postgres transport, as values, so that a test can break one guarantee and see that it is caught.</summary>
internal sealed record QueueStatements
{
    /// <summary>
    /// A message waits while an earlier one of its subject is pending, being handled (its row is still visible then), waiting for a retry, or dead. One
    /// that overtakes dead letters passes the dead and those that wait behind them, but not what is still being tried. The $3 names overtake.
    /// </summary>
    public const string OrderGuard = """
        not exists (
            select from bus.message e
            where e.queue = m.queue and e.subject = m.subject and e.position < m.position and e.state <> 'scheduled'
              and (m.type <> all ($3)
                   or (e.state = 'pending'
                       and (e.type = any ($3)
                            or not exists (
                                select from bus.message d
                                where d.queue = e.queue and d.subject = e.subject and d.position < e.position and d.state = 'dead')))))
        """;

    /// <summary>
    /// Two transactions that publish about one subject at the same time may commit against the order of their positions; the guard alone could then let
    /// two of its messages be handled at once. The lock keeps a subject to one consumer.
    /// </summary>
    public const string SubjectLock = "pg_try_advisory_xact_lock(hashtext('bus'), hashtext(queue || ' ' || subject))";

    public static QueueStatements Default { get; } = new();

    /// <summary>$1 type, $2 id, $3 source, $4 subject, $5 time, $6 traceparent, $7 content type, $8 data, $9 state, $10 due (null: at once, whatever the clocks say).</summary>
    public string Publish { get; init; } = """
        insert into bus.message (queue, id, source, type, subject, time, traceparent, datacontenttype, data, state, due_at, waiting_since)
        select queue, $2, $3, $1, $4, $5, $6, $7, $8, $9, coalesce($10, '-infinity'), coalesce($10, $5) from bus.subscription where message = $1
        """;

    /// <summary>$1 queue, $2 now, $3 overtaking names, $4 subjects to leave out.</summary>
    public string Take { get; init; } = $"""
        with head as materialized (
            select * from bus.message m
            where m.queue = $1 and m.state = 'pending' and m.due_at <= $2 and m.subject <> all ($4) and {OrderGuard}
            order by m.position limit 1 for update of m skip locked)
        select position, id, source, type, subject, time, traceparent, datacontenttype, data::text, failures, {SubjectLock} from head
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

    /// <summary>The row is skipped when somebody else has it by now. $1 queue, $2 position, $3 state, $4 due, $5 failures, $6 code, $7 error, $8 dead since.</summary>
    public string Fail { get; init; } = """
        update bus.message m set state = $3, due_at = $4, failures = $5, error_code = $6, error = $7, dead_since = $8
        where m.queue = $1 and m.position = (
            select position from bus.message where queue = $1 and position = $2 and failures = $5 - 1 for update skip locked)
        """;

    /// <summary>$1 queue, $2 oldest instant to keep.</summary>
    public string PruneInbox { get; init; } =
        "delete from bus.inbox where queue = $1 and id in (select id from bus.inbox where queue = $1 and at < $2 limit 5000)";
}
