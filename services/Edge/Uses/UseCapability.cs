using System.Text.Json.Serialization;
using AccessGov.ArchiveRequests;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Merge;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Uses;

/// <summary>Takes a patient's images with a capability, while AccessGov cannot be asked or not.</summary>
internal sealed class UseCapability(
    EdgeJournal journal, EdgeClock clock, HeardNews news, RefusedUses refused, IOptions<EdgeOptions> options)
{
    /// <param name="Capability">What BreakGlass promised.</param>
    /// <param name="Use">What is asked for, signed by whose it is.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Capability, string Use);

    /// <summary>What comes of it.</summary>
    /// <param name="Access">What is active; null when nothing is given.</param>
    /// <param name="Begun">Whether it was begun by this.</param>
    /// <param name="Fault">Why nothing is given.</param>
    public sealed record Answer(ActiveAccess? Access, bool Begun, CapabilityFault? Fault);

    /// <summary>What is known beside the journal.</summary>
    /// <param name="Revoked">Whether the capability was taken back, as last heard.</param>
    /// <param name="PracticePatients">The patients of drills.</param>
    public sealed record Circumstances(bool Revoked, IReadOnlyList<string> PracticePatients);

    /// <param name="state">What the journal says.</param>
    /// <param name="capability">Whose use it is.</param>
    /// <param name="uses">How often the capability may be used.</param>
    /// <param name="use">What the use would begin; it is good by itself.</param>
    /// <param name="known">What else is known.</param>
    /// <param name="now">The time.</param>
    public static Answer Decide(
        EdgeState state, string capability, int uses, ActiveAccess use, Circumstances known, DateTimeOffset now) => state switch
    {
        _ when state.Taken.ContainsKey(use.Id) => Refused(Refusals.Replayed),
        _ when known.Revoked => Refused(Refusals.Revoked),
        _ when use.Practice && !known.PracticePatients.Contains(use.Patient, StringComparer.Ordinal) =>
            Refused(Refusals.PracticePatientRequired),
        // Asked again, by another capability of theirs too: what they have is what they need.
        _ when state.Accesses.Values.FirstOrDefault(access => IsSame(access, use) && now < access.Until) is { } active =>
            new Answer(active, false, null),
        _ when state.Uses.GetValueOrDefault(capability) >= uses => Refused(Refusals.UsedUp),
        _ => new Answer(use, true, null),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/emergency-access", async (
            Command command, UseCapability use, AccessTokens tokens, ClientAddress client, HttpContext http) =>
        {
            Answer answer = await use.RunAsync(command, client.Of(http));
            return answer.Access is { } access ? Told(access, tokens, answer.Begun) : Refusals.Answer(answer.Fault!);
        });
    }

    public async Task<Answer> RunAsync(Command command, string? address)
    {
        if (journal.Broken is not null)
        {
            return Refused(Refusals.JournalBroken);
        }

        DateTimeOffset now = clock.Now;
        if (!clock.IsReliable(journal.State.LatestAt, now))
        {
            return await refused.NoteAsync(Refusals.ClockUnreliable, null, address, now);
        }

        if (news.Keys.Count == 0)
        {
            return Refused(Refusals.KeysUnknown);
        }

        EdgeOptions edge = options.Value;
        (EmergencyCapability? capability, CapabilityFault? fault) =
            await CapabilityTokens.ReadAsync(command.Capability, edge.Issuer, news.Keys, edge.Name, now, edge.Skew);
        if (capability is null)
        {
            return await refused.NoteAsync(fault!, null, address, now);
        }

        (EmergencyUse? use, fault) = await UseTokens.ReadAsync(command.Use, capability, now, edge.Skew);
        if (use is null)
        {
            return await refused.NoteAsync(fault!, null, address, now);
        }

        return await WriteAsync(command, capability, use, address, now);
    }

    private async Task<Answer> WriteAsync(
        Command command, EmergencyCapability capability, EmergencyUse use, string? address, DateTimeOffset now)
    {
        var known = new Circumstances(news.IsRevoked(capability.Id), [.. options.Value.PracticePatients]);
        ActiveAccess wanted = PresentedUse.Of(capability, use, now).Access;
        try
        {
            Answer answer = await journal.WriteAsync(state =>
            {
                Answer decided = Decide(state, capability.Id, capability.UsesMax, wanted, known, now);
                return (decided.Begun
                    ? new EdgeJournalEntry(
                        0, "", now, EdgeEntryKinds.Used, wanted.Id, command.Capability, command.Use, Address: address)
                    : null, decided);
            });
            return answer.Fault is { } fault ? await refused.NoteAsync(fault, wanted.Id, address, now) : answer;
        }
        catch (JournalException unavailable)
        {
            return Refused(unavailable.Fault);
        }
    }

    private static bool IsSame(ActiveAccess one, ActiveAccess other) =>
        one.Holder == other.Holder && one.Person == other.Person && one.Patient == other.Patient && one.Practice == other.Practice;

    private static IResult Told(ActiveAccess access, AccessTokens tokens, bool begun)
    {
        var answer = new { access.Id, access = tokens.For(access.Id), access.Until, access.Patient };
        return begun ? Results.Created((string?)null, answer) : Results.Ok(answer);
    }

    private static Answer Refused(CapabilityFault fault) => new(null, false, fault);
}

/// <summary>From where somebody asks. Immutable.</summary>
internal sealed class ClientAddress(IOptions<EdgeOptions> options)
{
    private readonly TrustedProxies proxies = new(options.Value.TrustedProxies);

    public string? Of(HttpContext http) =>
        proxies.ClientOf(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"])?.ToString();
}
