using Npgsql;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>Compares the feed with the events that are committed, when no writer is at work.</summary>
internal static class FeedAudit
{
    public static async Task<List<string>> ViolationsAsync(NpgsqlDataSource dataSource, string schema)
    {
        var violations = new List<string>();
        long events = await dataSource.AskAsync<long>($"select count(*) from {schema}.mt_events where type <> 'tombstone'");
        long numbered = await dataSource.AskAsync<long>(
            $"select count(*) from {schema}.mt_events e join {schema}.event_store_feed f on f.sequence = e.seq_id");
        if (events != numbered)
        {
            violations.Add($"{numbered} of {events} events have a position");
        }

        long head = await dataSource.AskAsync<long>($"select coalesce(max(position), 0) from {schema}.event_store_feed");
        long rows = await dataSource.AskAsync<long>($"select count(*) from {schema}.event_store_feed");
        if (head != rows)
        {
            violations.Add($"the head is {head} after {rows} positions");
        }

        await using NpgsqlCommand inverted = dataSource.CreateCommand(
            $"""
            select e.stream_id, e.version, e.next from (
                select e.stream_id, e.version, lead(e.version) over (partition by e.stream_id order by f.position) as next
                from {schema}.mt_events e join {schema}.event_store_feed f on f.sequence = e.seq_id) e
            where e.next is not null and e.next <> e.version + 1
            """);
        await using NpgsqlDataReader reader = await inverted.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            violations.Add($"stream {reader.GetString(0)} has version {reader.GetInt64(1)} before version {reader.GetInt64(2)}");
        }

        return violations;
    }
}
