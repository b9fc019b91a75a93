using System.Text.Json;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.Recertification.Reviews;

/// <summary>How a grant was certified last.</summary>
/// <param name="By">Who left it.</param>
/// <param name="At">When.</param>
/// <param name="Before">What it was then.</param>
internal sealed record Certified(string By, DateTimeOffset At, ReviewItemOpened Before);

/// <summary>
/// What was left, by the grant that the person has since: kept, kept until a day, or in its smaller replacement. Written by
/// <see cref="ItemList"/>. Thread-safe.
/// </summary>
internal sealed class Certifications(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists review_certified (
            grant_id text collate "C" primary key, item text collate "C" not null, certified_by text collate "C" not null,
            certified_at timestamptz not null);
        """;

    /// <summary>Those of some grants that were certified, by grant.</summary>
    public async Task<Dictionary<string, Certified>> FindAsync(IReadOnlyCollection<string> grants, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select c.grant_id, c.certified_by, c.certified_at, i.opened from review_certified c join review_item i on i.id = c.item
            where c.grant_id = any ($1)
            """);
        read.Parameters.AddWithValue(grants.ToArray());
        return (await ReadModelRows.ReadAsync(
            read, row => (Grant: row.GetString(0), Certified: new Certified(
                row.GetString(1), row.GetFieldValue<DateTimeOffset>(2),
                JsonSerializer.Deserialize<ReviewItemOpened>(row.GetString(3), EventTypes.SerializerOptions)!)), cancellation))
            .ToDictionary(one => one.Grant, one => one.Certified, StringComparer.Ordinal);
    }
}
