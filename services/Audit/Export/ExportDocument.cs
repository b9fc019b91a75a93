using System.Text.Json.Nodes;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export;

/// <summary>The forms in which events leave the trail.</summary>
internal enum ExportFormat
{
    Csv,
    Ndjson,
    Fhir,
    Dicom,
    Ocsf,
    Proofs,
}

/// <summary>A whole document of events, written as they come: however many there are, one of them is in memory.</summary>
internal static class ExportDocument
{
    /// <summary>The formats by the names that callers use.</summary>
    public static readonly IReadOnlyDictionary<string, ExportFormat> Names = new Dictionary<string, ExportFormat>(StringComparer.Ordinal)
    {
        ["csv"] = ExportFormat.Csv,
        ["ndjson"] = ExportFormat.Ndjson,
        ["fhir"] = ExportFormat.Fhir,
        ["dicom"] = ExportFormat.Dicom,
        ["ocsf"] = ExportFormat.Ocsf,
        ["proofs"] = ExportFormat.Proofs,
    };

    public static string MediaType(ExportFormat format) => format switch
    {
        ExportFormat.Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat.Fhir => "application/fhir+json",
        ExportFormat.Dicom => "text/plain; charset=utf-8",
        _ => "application/x-ndjson",
    };

    /// <summary>Writes events one after another.</summary>
    /// <param name="format">What to write: FHIR is one Bundle (a collection), CSV has one header, everything else is one event on each
    /// line.</param>
    /// <param name="events">The events, as they are found; with their proofs for <see cref="ExportFormat.Proofs"/>.</param>
    /// <param name="origin">Where they come from.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task WriteAsync(
        ExportFormat format,
        IAsyncEnumerable<ExportedEvent> events,
        ExportOrigin origin,
        Stream output,
        CancellationToken cancellation)
    {
        await output.WriteAsync(Beginning(format), cancellation);
        bool first = true;
        await foreach (ExportedEvent one in events.WithCancellation(cancellation))
        {
            await output.WriteAsync(format switch
            {
                ExportFormat.Csv => CsvLine.Of(one),
                ExportFormat.Ndjson => Line(one.Entry.Leaf),
                ExportFormat.Fhir => Item(FhirAuditEvent.Of(one, origin), first),
                ExportFormat.Dicom => Line(DicomAuditXml.Of(one, origin, declared: false)),
                ExportFormat.Ocsf => Line(JsonMembers.Bytes(OcsfJson.Of(one, origin))),
                ExportFormat.Proofs => Line(JsonMembers.Bytes(Proved(one.Entry, one.Proof!))),
                _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
            }, cancellation);
            first = false;
        }

        await output.WriteAsync(format == ExportFormat.Fhir ? "]}\n"u8.ToArray() : [], cancellation);
    }

    private static byte[] Beginning(ExportFormat format) => format switch
    {
        ExportFormat.Csv => CsvLine.Header,
        ExportFormat.Fhir => """{"resourceType":"Bundle","type":"collection","entry":["""u8.ToArray(),
        _ => [],
    };

    private static byte[] Line(ReadOnlyMemory<byte> content) => [.. content.Span, (byte)'\n'];

    private static byte[] Item(JsonObject resource, bool first)
    {
        byte[] entry = JsonMembers.Bytes(JsonMembers.Members(("resource", resource)));
        return first ? entry : [(byte)',', .. entry];
    }

    private static JsonObject Proved(TrailEntry entry, string proof) =>
        JsonMembers.Members(("leaf", Convert.ToBase64String(entry.Leaf.Span)), ("proof", proof));
}
