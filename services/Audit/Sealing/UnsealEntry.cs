using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Sealing;

/// <summary>Shows what is sealed in one entry. That it was shown, to whom and why, is in the trail before it is.</summary>
internal static class UnsealEntry
{
    public const int ReasonLengthMax = 1000;
    private const string Kind = "audit.unsealed";

    public sealed record Command(string? Reason = null);

    /// <summary>Whether it may be opened; null when it may.</summary>
    /// <param name="receivedAt">When the entry was taken in.</param>
    /// <param name="archiveAfter">From which age on an entry is in the archive.</param>
    /// <param name="approved">Whether a second person has allowed this person to open it.</param>
    /// <param name="now">The time.</param>
    public static Refusal? Decide(DateTimeOffset receivedAt, TimeSpan archiveAfter, bool approved, DateTimeOffset now) =>
        now - receivedAt >= archiveAfter && !approved
            ? new Refusal("approval_required", "It is in the archive: ask for it with POST /unseal-requests, and somebody else approves.")
            : null;

    public static Refusal? BadReason(string? reason) => reason is null || !Identifiers.IsText(reason, ReasonLengthMax)
        ? new Refusal("reason_malformed", $"reason says why, in 1 to {ReasonLengthMax} characters.")
        : null;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapStrongGroup("audit.unseal")
        .MapPost("/entries/{sequence}/unseal", UnsealAsync);

    private static async Task<IResult> UnsealAsync(
        long sequence, Command command, HttpContext http, TrailReader trail, Unsealing unsealing, UnsealRequests requests, Intake intake,
        IOptions<SealingOptions> options, TimeProvider clock)
    {
        if (BadReason(command.Reason) is { } malformed)
        {
            return Refusals.Answer(malformed);
        }

        if (trail.Leaf(sequence) is not { } leaf)
        {
            return AbsentEntry.Answer(trail, sequence);
        }

        TrailEntry entry = TrailEntry.Parse(leaf);
        DateTimeOffset now = clock.GetUtcNow();
        string person = Caller.Person(http)!;
        Guid? request = await requests.ApprovedAsync(person, sequence, now, http.RequestAborted);
        AuditRecord noted = Deed.Of(http, now, Kind, $"Entry::{sequence}", new { command.Reason, request })
            with { Action = AuditActions.AuditRead };
        if (Decide(entry.ReceivedAt, options.Value.ArchiveAfter, request is not null, now) is { } refused)
        {
            await intake.AcceptAsync(Refusals.Service, [noted with { Outcome = AuditOutcomes.Denied, Reason = refused.Code }],
                http.RequestAborted);
            return Refusals.Answer(refused);
        }

        IReadOnlyList<OpenedField> fields = await unsealing.OpenAsync(entry, http.RequestAborted);
        await intake.AcceptAsync(Refusals.Service, [noted with { PatientToken = TokenIn(entry, fields) }], http.RequestAborted);
        return Results.Ok(new { sequence, fields = fields.Select(Shown) });
    }

    /// <summary>Whose timeline says that it was opened; their key is not used for it.</summary>
    private static string? TokenIn(TrailEntry entry, IReadOnlyList<OpenedField> fields) =>
        fields.Any(field => field is { About: "patient", State: FieldState.Opened }) ? entry.PatientToken : null;

    private static Dictionary<string, object?> Shown(OpenedField field)
    {
        var shown = new Dictionary<string, object?>(StringComparer.Ordinal) { ["about"] = field.About };
        if (field.KeyId is { } keyId)
        {
            shown["keyId"] = keyId;
        }

        (string name, object? value) = field.State switch
        {
            FieldState.Opened => ("content", (object?)field.Content),
            FieldState.Shredded => ("shredded", true),
            FieldState.KeyLost => ("keyLost", true),
            FieldState.Damaged => ("damaged", true),
            _ => throw new InvalidOperationException($"{field.State} is no state of a field."),
        };
        shown[name] = value;
        return shown;
    }
}
