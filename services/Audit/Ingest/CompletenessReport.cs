using System.Globalization;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Npgsql;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// <c>GET /completeness?from=&amp;to=</c> (S50): the sources and kinds of events of some days, and which fields were missing in how many of
/// them.
/// </summary>
internal static class CompletenessReport
{
    private const int DaysMax = 3_660;

    /// <summary>Events of a source and kind.</summary>
    /// <param name="Source">Who sent them.</param>
    /// <param name="Kind">What sort of events.</param>
    /// <param name="Events">How many.</param>
    /// <param name="Missing">How many lacked a field; a field that none lacked is not here.</param>
    internal sealed record Row(string Source, string Kind, long Events, IReadOnlyDictionary<string, long> Missing);

    /// <summary>The report.</summary>
    internal sealed record Report(DateOnly From, DateOnly To, bool Complete, IReadOnlyList<string> Fields, IReadOnlyList<Row> Sources);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/completeness", HandleAsync).RequireAuthorization("audit.read")
        .WithDescribedAnswer(StatusCodes.Status200OK, "application/json", typeof(Report));

    private static async Task<IResult> HandleAsync(
        string? from, string? to, TrailDatabase database, TimeProvider clock, CancellationToken cancellation)
    {
        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (DayOf(to, today) is not { } last || DayOf(from, last) is not { } first || first > last
            || last.DayNumber - first.DayNumber > DaysMax)
        {
            return Refusals.Answer(new Refusal("period_malformed",
                $"from and to are days (2026-11-27), from not after to, at most {DaysMax} days apart."));
        }

        var rows = new List<Row>();
        await using NpgsqlCommand read = database.Read.CreateCommand(
            """
            select source, kind, field, sum(missing)::bigint, sum(events)::bigint from trail.completeness where day between $1 and $2
            group by source, kind, field order by source collate "C", kind collate "C", field collate "C"
            """);
        read.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = first });
        read.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = last });
        var missing = new Dictionary<string, long>(StringComparer.Ordinal);
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            (string source, string kind, string field, long count) =
                (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3));
            if (rows is not [.., { } row] || row.Source != source || row.Kind != kind)
            {
                rows.Add(new Row(source, kind, reader.GetInt64(4), missing = new Dictionary<string, long>(StringComparer.Ordinal)));
            }

            if (count > 0)
            {
                missing[field] = count;
            }
        }

        return Results.Json(new Report(first, last, rows.TrueForAll(row => row.Missing.Count == 0), Completeness.Fields, rows),
            StrictJson.Options);
    }

    private static DateOnly? DayOf(string? text, DateOnly otherwise) =>
        string.IsNullOrEmpty(text) ? otherwise
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day
        : null;
}
