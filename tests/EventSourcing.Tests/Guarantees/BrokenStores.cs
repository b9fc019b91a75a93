namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>
/// Deliberately broken variants of the two functions the store is made of, each with a fault that real event stores had. A guarantee's test must find every one
/// of them wanting; a variant that passes means that the test proves nothing.
/// </summary>
internal static class BrokenStores
{
    public const string Healthy = "healthy";
    public const string SequenceWithoutHorizon = "the last sequence value seen is the checkpoint";
    public const string HorizonWithPositionCheckpoint = "settled transactions only, but the last sequence value seen is the checkpoint";
    public const string TransactionThenSequence = "ordered by transaction and sequence";
    public const string SequenceOrder = "ordered by sequence among what is visible";
    public const string VersionCheckedThenActed = "the expected version is looked at, then acted upon";

    private const string NumberHead =
        """
        create or replace function {0}.event_store_number(p_fence bigint, p_since xid8)
        returns table (numbered bigint, head bigint, horizon xid8, next_transaction xid8) language plpgsql as $$
        declare
            v_position bigint;
            v_last bigint;
        begin
            select position into v_position from {0}.event_store_sequencer for update;
            select coalesce(max(sequence), 0) into v_last from {0}.event_store_feed;
        """;

    private const string NumberTail =
        """
            get diagnostics numbered = row_count;
            head := v_position + numbered;
            horizon := '0';
            next_transaction := '0';
            update {0}.event_store_sequencer set position = head;
            return next;
        end
        $$;
        """;

    /// <summary>The statements that break a schema in the named way.</summary>
    public static string Sql(string variant, string schema) => variant switch
    {
        Healthy => "select 1",
        SequenceWithoutHorizon => Number(schema,
            """
            insert into {0}.event_store_feed select v_position + row_number() over (order by seq_id), seq_id
            from {0}.mt_events where seq_id > v_last;
            """),
        HorizonWithPositionCheckpoint => Number(schema,
            """
            insert into {0}.event_store_feed select v_position + row_number() over (order by sequence), sequence
            from {0}.event_store_unnumbered where sequence > v_last and transaction < pg_snapshot_xmin(pg_current_snapshot());
            """),
        TransactionThenSequence => Number(schema,
            """
            with taken as (delete from {0}.event_store_unnumbered where transaction < pg_snapshot_xmin(pg_current_snapshot())
                           returning sequence, transaction)
            insert into {0}.event_store_feed select v_position + row_number() over (order by transaction, sequence), sequence from taken;
            """),
        SequenceOrder => Number(schema,
            """
            with taken as (delete from {0}.event_store_unnumbered returning sequence)
            insert into {0}.event_store_feed select v_position + row_number() over (order by sequence), sequence from taken;
            """),
        VersionCheckedThenActed => EventStoreSchema.Script("append.sql", schema)
            .Replace("order by s.id collate \"C\" for no key update", "order by s.id", StringComparison.Ordinal)
            .Replace("        update " + schema + ".mt_streams s set version = a.before + a.count",
                """
                perform pg_sleep(0.2);
                select array_agg(coalesce(s.version, 0) order by a.i) into v_before
                from unnest(p_streams) with ordinality a (stream, i) left join SCHEMA.mt_streams s on s.id = a.stream;
                perform 1 from SCHEMA.mt_streams s where s.id = any (p_streams) for update;
                select array_agg(coalesce(s.version, 0) order by a.i) into v_before
                from unnest(p_streams) with ordinality a (stream, i) left join SCHEMA.mt_streams s on s.id = a.stream;
                update SCHEMA.mt_streams s set version = a.before + a.count
                """.Replace("SCHEMA", schema, StringComparison.Ordinal), StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "No such variant."),
    };

    private static string Number(string schema, string body) =>
        (NumberHead + "\n" + body + "\n" + NumberTail).Replace("{0}", schema, StringComparison.Ordinal);
}
