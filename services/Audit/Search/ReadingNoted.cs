using System.Collections.Concurrent;
using System.Text.Json;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Search;

/// <summary>
/// Whoever reads the trail is in the trail (DICOM 110101, Audit Log Used): who, when, from where and what they asked for, committed before
/// they see anything. Thread-safe.
/// </summary>
internal sealed class ReadingNoted(Intake intake, TimeProvider clock)
{
    public const string Kind = "audit.read";
    private readonly ConcurrentDictionary<string, DateTimeOffset> mirrors = new(StringComparer.Ordinal);

    /// <summary>Notes that somebody mirrors the trail: once an hour, or the mirror would read its own reading for ever.</summary>
    public async Task NoteMirrorAsync(HttpContext http)
    {
        string reader = Caller.Metadata(http).Actor ?? "";
        DateTimeOffset now = clock.GetUtcNow();
        if (!mirrors.TryGetValue(reader, out DateTimeOffset noted) || now - noted >= TimeSpan.FromHours(1))
        {
            await NoteAsync(http, "mirror", null, new { from = http.Request.Path.Value });
            mirrors[reader] = now;
        }
    }

    /// <summary>Notes a reading.</summary>
    /// <param name="http">The request.</param>
    /// <param name="what">What was read: <c>search</c>, <c>patient</c>, <c>person</c>, <c>case</c>, <c>export</c>.</param>
    /// <param name="patient">
    /// The patient whose entries were asked for; null when nobody in particular. The trail names them by their token alone: reading makes
    /// no key of a patient, and an erasure leaves none.
    /// </param>
    /// <param name="details">What was asked, a JSON object; sealed, as it may name people.</param>
    /// <param name="action">What was done with it: read, or taken away.</param>
    public async Task NoteAsync(HttpContext http, string what, string? patient, object details, string action = AuditActions.AuditRead)
    {
        string? session = http.User.FindFirst("sid")?.Value;
        var record = new AuditRecord
        {
            EventId = Guid.CreateVersion7(clock.GetUtcNow()).ToString(), OccurredAt = clock.GetUtcNow(), Kind = Kind, Action = action,
            Outcome = AuditOutcomes.Success, Actor = Caller.Metadata(http).Actor, Session = session,
            Address = http.Connection.RemoteIpAddress?.ToString(),
            Resource = $"Trail::{what}", AskedPatient = patient, PersonDetails = JsonSerializer.SerializeToElement(details),
        };
        await intake.AcceptAsync(Refusals.Service, [record], http.RequestAborted);
    }
}
