using System.Globalization;
using System.Text;

namespace AccessGov.Audit.Export.Formats;

/// <summary>
/// Events as lines of CSV (RFC 4180). A value that a spreadsheet would take for a formula, or that begins with an apostrophe, gets an
/// apostrophe before it: programs
/// take one away from values that begin with one, and have what the trail has.
/// </summary>
internal static class CsvLine
{
    private const string FormulaBeginnings = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private static readonly (string Name, Func<ExportedEvent, string?> Value)[] Columns =
    [
        ("seq", one => one.Entry.Sequence.ToString(CultureInfo.InvariantCulture)),
        ("time", one => Timestamps.Of(one.Entry.OccurredAt)),
        ("received", one => Timestamps.Of(one.Entry.ReceivedAt)),
        ("service", one => one.Entry.Service),
        ("kind", one => one.Entry.Kind),
        ("action", one => one.Entry.Action),
        ("outcome", one => one.Entry.Outcome),
        ("reason", one => one.Entry.Reason),
        ("actor", one => one.Entry.Actor),
        ("actor_name", one => one.Opened?.PersonName),
        ("session", one => one.Entry.Session),
        ("address", one => one.Entry.Address),
        ("workstation", one => one.Entry.Workstation),
        ("patient_token", one => one.Entry.PatientToken),
        ("patient_id", one => one.Opened?.PatientId),
        ("patient_name", one => one.Opened?.PatientName),
        ("study", one => one.Entry.Study),
        ("series", one => one.Entry.Series),
        ("resource", one => one.Entry.Resource),
        ("emergency_case", one => one.Entry.EmergencyCase),
        ("policy_bundle", one => one.Entry.Policy?.BundleDigest),
        ("decision", one => one.Entry.Policy?.DecisionId),
        ("stream", one => one.Entry.Stream),
        ("stream_version", one => one.Entry.Version?.ToString(CultureInfo.InvariantCulture)),
        ("event_id", one => one.Entry.EventId),
        ("cause", one => one.Entry.Cause),
        ("correlation", one => one.Entry.Correlation),
    ];

    /// <summary>The first line.</summary>
    public static byte[] Header { get; } = Line(Columns.Select(column => column.Name));

    public static byte[] Of(ExportedEvent exported) => Line(Columns.Select(column => Field(column.Value(exported) ?? "")));

    private static byte[] Line(IEnumerable<string> fields) => Encoding.UTF8.GetBytes(string.Join(',', fields) + "\r\n");

    private static string Field(string value)
    {
        string trimmed = value.TrimStart(' ');
        string safe = (trimmed.Length > 0 && FormulaBeginnings.Contains(trimmed[0])) || value.StartsWith('\'') ? $"'{value}" : value;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
