using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AccessGov.ArchiveRequests;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Uses;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Images;

/// <summary>
/// Answers the proxy in front of the archive about requests that come with an emergency access, as PolicyDecision does about all others:
/// 200
/// let it through, 401 the proxy is not known, 403 no, 503 it cannot be said. A proxy lets nothing but a 200 through.
/// </summary>
internal sealed class AskForImages(
    EdgeJournal journal, AccessTokens tokens, ArchivePatients patients, RefusedUses refused, EdgeClock clock, TimeProvider time,
    ClientAddress client, IOptions<EdgeOptions> options)
{
    public const string TokenHeader = "AccessGov-Emergency-Access";
    private const int NotedMax = 10_000;
    private static readonly TimeSpan NotedFor = TimeSpan.FromMinutes(1);
    private static readonly string[] Reading = ["study.view", "study.retrieve", "study.read-metadata", "study.search"];

    private readonly ConcurrentDictionary<(string Access, string Action, string? Study, string? Address), long> noted = new();
    private readonly byte[]? secret = options.Value.ProxySecret is { } text ? Encoding.UTF8.GetBytes(text) : null;
    private readonly PacsPaths paths =
        PacsPaths.Of(options.Value.Archive.DicomWebPath, options.Value.Archive.WadoPath, options.Value.Archive.OrthancPath);

    /// <summary>What an emergency access is shown by; null when nothing is shown.</summary>
    public static string? TokenOf(HttpContext http) => http.Request.Headers[TokenHeader] is [{ Length: > 0 } token] ? token : null;

    public static void Map(WebApplication app) =>
        app.Map(ForwardedRequest.Path, (HttpContext http, AskForImages ask) => ask.AnswerAsync(http));

    private async Task AnswerAsync(HttpContext http)
    {
        CapabilityFault? fault;
        try
        {
            fault = await FaultAsync(http);
        }
        catch (JournalException unavailable)
        {
            fault = unavailable.Fault;
        }
        catch (ArchiveException)
        {
            fault = Refusals.ArchiveUnavailable;
        }

        http.Response.Headers["AccessGov-Reason"] = fault?.Code ?? "emergency_access";
        if (fault is not null)
        {
            http.Response.Headers["AccessGov-Reason-Text"] = HeaderText.Encode(fault.Sentence);
            await Problems.WriteAsync(http, Refusals.StatusOf(fault), fault.Code, fault.Sentence);
        }
    }

    private async Task<CapabilityFault?> FaultAsync(HttpContext http)
    {
        if (secret is not null && !CryptographicOperations.FixedTimeEquals(
            secret, Encoding.UTF8.GetBytes(http.Request.Headers["AccessGov-Proxy-Secret"].ToString())))
        {
            return Refusals.ProxyUnknown;
        }

        if (TokenOf(http) is not { } token)
        {
            return Refusals.AccessGovUnavailable;
        }

        if (journal.Broken is not null)
        {
            return Refusals.JournalBroken;
        }

        DateTimeOffset now = clock.Now;
        EdgeState state = journal.State;
        if (!clock.IsReliable(state.LatestAt, now))
        {
            return Refusals.ClockUnreliable;
        }

        return tokens.IdOf(token) is { } id && state.Active(id, now) is { } access ? await OpenAsync(http, access, now)
            : Refusals.AccessUnknown;
    }

    private async Task<CapabilityFault?> OpenAsync(HttpContext http, ActiveAccess access, DateTimeOffset now)
    {
        ForwardedRequest asked = ForwardedRequest.Of(http, options.Value.Proxy);
        PacsOperation? operation = asked is { Method: { } method, Target: { } target } ? PacsOperation.Of(method, target, paths) : null;
        string? address = client.Of(http);
        if (operation is null || !Reading.Contains(operation.Action, StringComparer.Ordinal) || operation.Resource is PacsResource.Archive)
        {
            return await NotedAsync(Refusals.ReadingOnly, access, address, now);
        }

        (string? patient, string? study) = await patients.FindAsync(operation.Resource, http.RequestAborted);
        if (patient != access.Patient)
        {
            return await NotedAsync(patient is null ? Refusals.StudyUnknown : Refusals.OtherPatient, access, address, now);
        }

        await NoteAsync(access, operation.Action, study, address, now);
        http.Response.Headers["AccessGov-Obligations"] = EmergencyObligations.Text(access, now);
        return null;
    }

    /// <summary>Whoever tries what the emergency does not cover is seen by whoever judges it.</summary>
    private async Task<CapabilityFault> NotedAsync(CapabilityFault fault, ActiveAccess access, string? address, DateTimeOffset now)
    {
        await refused.NoteAsync(fault, access.Id, address, now);
        return fault;
    }

    /// <summary>A viewer asks for every picture: what it opens is written down once a minute.</summary>
    private async Task NoteAsync(ActiveAccess access, string action, string? study, string? address, DateTimeOffset now)
    {
        (string Id, string Action, string? Study, string? Address) key = (access.Id, action, study, address);
        if (noted.TryGetValue(key, out long at) && time.GetElapsedTime(at) < NotedFor)
        {
            return;
        }

        bool written = await journal.WriteAsync(state => state.Active(access.Id, now) is null
            ? (null, false)
            : (new EdgeJournalEntry(
                0, "", now, EdgeEntryKinds.Accessed, access.Id, Action: action, Study: study, Address: address), true));
        if (!written)
        {
            throw new JournalException(Refusals.AccessUnknown);
        }

        if (noted.Count >= NotedMax)
        {
            noted.Clear();
        }

        noted[key] = time.GetTimestamp();
    }
}
