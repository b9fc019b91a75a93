using System.Globalization;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Search;

/// <summary>Which entries are asked for: all that is said must hold.</summary>
internal sealed record EntryFilter
{
    public const int LimitMax = 1000;
    private const int LimitDefault = 100;
    private const int LengthMax = 300;

    /// <summary>The names of the query that are compared with a column as they are.</summary>
    private static readonly (string Name, string Column)[] Plain =
    [
        ("person", "actor"), ("study", "study"), ("series", "series"), ("action", "action"), ("outcome", "outcome"),
        ("service", "service"), ("kind", "kind"), ("address", "address"), ("workstation", "workstation"), ("session", "session"),
        ("case", "emergency_case"), ("decision", "decision"), ("reason", "reason"), ("token", "patient"),
    ];

    /// <summary>Column and value of what is compared as it is.</summary>
    public required IReadOnlyList<(string Column, string Value)> Equal { get; init; }

    /// <summary>The patient, by their id at the hospital; null for all.</summary>
    public string? Patient { get; init; }

    /// <summary>Whether what Audit itself says is left out: who read the trail, opened its fields, held or shredded them.</summary>
    public bool WithoutAuditUse { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    public int Limit { get; init; } = LimitDefault;

    /// <summary>The last entry of the page before; the newest come first.</summary>
    public (DateTimeOffset At, long Sequence)? After { get; init; }

    /// <summary>Reads the query of a request; answers what is wrong instead, as a sentence.</summary>
    public static (EntryFilter? Filter, string? Problem) Parse(IQueryCollection query, params (string Name, string Value)[] given)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string name, string value) in query.SelectMany(pair => pair.Value.Select(value => (pair.Key, value ?? ""))).Concat(given))
        {
            if (value.Length is 0 or > LengthMax || value.Contains('\0', StringComparison.Ordinal) || !values.TryAdd(name, value))
            {
                return (null, $"{name} is said once, in 1 to {LengthMax} characters.");
            }
        }

        if (values.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            return (null, $"{unknown} is nothing that can be searched: {string.Join(", ", Known)} are.");
        }

        if (Choice(values, "action", AuditActions.All) is { } noAction)
        {
            return (null, noAction);
        }

        if (Choice(values, "outcome", AuditOutcomes.All) is { } noOutcome)
        {
            return (null, noOutcome);
        }

        if (!TryInstant(values, "from", out DateTimeOffset? from) || !TryInstant(values, "to", out DateTimeOffset? to) || (from >= to))
        {
            return (null, "from and to are instants like 2026-01-31T12:00:00Z, and to is the later one.");
        }

        if (!TryLimit(values, out int limit) || !TryAfter(values, out (DateTimeOffset, long)? after))
        {
            return (null, $"limit is from 1 to {LimitMax}, after is what an earlier page called next.");
        }

        return (new EntryFilter
        {
            Equal = [.. Plain.Where(plain => values.ContainsKey(plain.Name)).Select(plain => (plain.Column, values[plain.Name]))],
            Patient = values.GetValueOrDefault("patient"), From = from, To = to, Limit = limit, After = after,
        }, null);
    }

    /// <summary>What was asked for, as it is noted in the trail.</summary>
    public object Said => new { equal = Equal.ToDictionary(equal => equal.Column, equal => equal.Value, StringComparer.Ordinal), From, To };

    private static IReadOnlyList<string> Known { get; } = [.. Plain.Select(plain => plain.Name), "patient", "from", "to", "limit", "after"];

    /// <summary>The key of the page that follows an entry.</summary>
    public static string KeyOf(DateTimeOffset at, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}.{sequence}");

    /// <summary>The conditions in SQL, whose parameters are added to the command.</summary>
    public string Conditions(NpgsqlParameterCollection parameters, SubjectLookup subjects)
    {
        List<string> all = [];
        foreach ((string column, string value) in Equal)
        {
            all.Add($"{column} = {Add(new NpgsqlParameter<string> { TypedValue = value })}");
        }

        if (Patient is { } patient)
        {
            var lookup = new NpgsqlParameter<byte[]> { TypedValue = subjects.Of(Subject.Patient(patient)) };
            string hash = Add(lookup);
            all.Add($"patient = coalesce((select token from trail.subject where lookup = {hash}), "
                + $"(select token from trail.unknown_patient where lookup = {hash}))");
        }

        if (WithoutAuditUse)
        {
            all.Add($"service <> {Add(new NpgsqlParameter<string> { TypedValue = Refusals.Service })}");
        }

        if (From is { } from)
        {
            all.Add($"at >= {Add(Instant(from))}");
        }

        if (To is { } to)
        {
            all.Add($"at < {Add(Instant(to))}");
        }

        if (After is { } after)
        {
            all.Add($"(at, seq) < ({Add(Instant(after.At))}, {Add(new NpgsqlParameter<long> { TypedValue = after.Sequence })})");
        }

        return all.Count == 0 ? "true" : string.Join(" and ", all);

        string Add(NpgsqlParameter parameter)
        {
            parameters.Add(parameter);
            return $"${parameters.Count}";
        }
    }

    private static NpgsqlParameter Instant(DateTimeOffset at) =>
        new() { Value = at.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static string? Choice(Dictionary<string, string> values, string name, IReadOnlyList<string> choices) =>
        values.TryGetValue(name, out string? value) && !choices.Contains(value, StringComparer.Ordinal)
            ? $"{name} is one of {string.Join(", ", choices)}." : null;

    private static bool TryInstant(Dictionary<string, string> values, string name, out DateTimeOffset? instant)
    {
        instant = null;
        return !values.TryGetValue(name, out string? text) || (instant = InstantText.Parse(text)) is not null;
    }

    private static bool TryLimit(Dictionary<string, string> values, out int limit)
    {
        limit = LimitDefault;
        return !values.TryGetValue("limit", out string? text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LimitMax);
    }

    private static bool TryAfter(Dictionary<string, string> values, out (DateTimeOffset, long)? after)
    {
        after = null;
        if (!values.TryGetValue("after", out string? text))
        {
            return true;
        }

        string[] parts = text.Split('.');
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            || ticks > DateTimeOffset.MaxValue.UtcTicks)
        {
            return false;
        }

        after = (new DateTimeOffset(ticks, TimeSpan.Zero), sequence);
        return true;
    }
}
