using System.Text.Json;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Tells the index about many studies at once. Sending the same again changes nothing, so a retry needs no key.</summary>
internal static class ImportStudies
{
    public const int StudiesMax = 5_000;
    private const long BodyBytesMax = 16 * 1024 * 1024;

    // Items stay JSON at first, so that one wrong item does not refuse its neighbours.
    public sealed record Command([property: DescribedItems(typeof(ImportedStudy))] IReadOnlyList<JsonElement> Studies);

    public sealed record Answer(int Imported, int Refused, IReadOnlyList<ItemResult> Results);

    public sealed record ItemResult(string? StudyInstanceUid, string Status, string? Code = null, string? Message = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/studies/import", HandleAsync)
        .RequireAuthorization("studies.feed")
        .WithBodyLimit(BodyBytesMax);

    private static async Task<IResult> HandleAsync(
        Command command, StudyWriter writer, StudyIndex index, StudyReach reach, HttpContext http, CancellationToken cancellation)
    {
        if (command.Studies.Count is 0 or > StudiesMax)
        {
            return Problems.Refused(
                "policy-decision", "batch_size", $"Send 1 to {StudiesMax} studies at once.", StatusCodes.Status400BadRequest);
        }

        (ItemResult[] results, List<StudyRow> rows) = Check(command.Studies);
        if (rows.Count > 0)
        {
            long change = await writer.ImportAsync(rows, cancellation);
            index.Forget(rows.ConvertAll(row => row.StudyInstanceUid));
            await reach.TellPositionAsync(http, change);
        }

        return Results.Ok(new Answer(rows.Count, results.Length - rows.Count, results));
    }

    internal static (ItemResult[] Results, List<StudyRow> Rows) Check(IReadOnlyList<JsonElement> items)
    {
        var rows = new List<StudyRow>(items.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var results = new ItemResult[items.Count];
        for (int item = 0; item < items.Count; item++)
        {
            ImportedStudy? study;
            try
            {
                study = items[item].Deserialize<ImportedStudy>(StrictJson.Options);
            }
            catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
            {
                // A string with half a surrogate pair is an InvalidOperationException of the reader.
                study = null;
            }

            (StudyRow? row, string? code, string? sentence) = study is null
                ? (null, "malformed",
                    "The item is not a study: studyInstanceUid and patientId are texts, modality and labels are arrays of texts.")
                : study.Check();
            if (row is not null && !seen.Add(row.StudyInstanceUid))
            {
                (row, code, sentence) = (null, "duplicate", "The same study stands earlier in this import.");
            }

            results[item] = new ItemResult(study?.StudyInstanceUid, row is null ? "refused" : "imported", code, sentence);
            if (row is not null)
            {
                rows.Add(row);
            }
        }

        return (results, rows);
    }
}
