using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.BreakGlass.Eligibility;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EmergencyCapabilities;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.BreakGlass.Offline;

/// <summary>Promises a clinician or a station emergency access at one edge, for the time in which nobody can be asked.</summary>
internal sealed class IssueCapability(
    PolicyDecisionClient policyDecision, CapabilityKeys keys, UnattendedCommands unattended, CommandRunner commands,
    IOptions<OfflineOptions> offline, IOptions<BreakGlassOptions> options)
{
    public const string StationScope = "emergency-access.station";

    /// <summary>A token names each by a digest, and is sent along with each use.</summary>
    private const int ExcludedMax = 200;

    public static readonly Refusal NotConfigured = new(
        "offline_not_configured",
        "This hospital has no emergency access for the time in which AccessGov cannot be asked: nobody has given it keys.");

    public static readonly Refusal EdgeUnknown =
        new("edge_unknown", "There is no edge with this name: name the one in front of the archive.");

    /// <param name="Edge">The edge that is to take it.</param>
    /// <param name="Key">The public key that it is bound to: a JWK on the curve P-256.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Request(string Edge, JsonElement Key);

    /// <param name="Capability">The token.</param>
    /// <param name="Id">Its id.</param>
    /// <param name="Expires">Until when it may be used.</param>
    /// <param name="Uses">How often.</param>
    public sealed record Answer(string Capability, string Id, DateTimeOffset Expires, int Uses);

    /// <summary>The rule: nobody gathers more than they have stations to work at.</summary>
    /// <param name="good">How many good ones their holder has at this edge with the new one.</param>
    /// <param name="goodMax">How many they may have.</param>
    public static Refusal? TooMany(long good, int goodMax) => good <= goodMax ? null : new Refusal(
        "capabilities_too_many",
        $"There are {goodMax} capabilities of this holder already: use one of them, or wait until the oldest has run out.");

    /// <param name="state">What the new capability is before: nothing.</param>
    /// <param name="issued">What it would say.</param>
    /// <param name="excluded">How many patients it would not open.</param>
    public static Outcome<CapabilityEvent> Decide(Capability state, EmergencyCapabilityIssued issued, int excluded) => state switch
    {
        Capability.NotIssued when excluded > ExcludedMax => new Refusal(
            "excluded_too_many",
            $"More than {ExcludedMax} patients are kept from you as your own family: have the security office look at these relations. "
            + "At a station emergency access is there all the same."),
        Capability.NotIssued => issued,
        _ => Outcome.NothingToDo<CapabilityEvent>(),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(
            "/emergency-capabilities", (Request request, IssueCapability issue, HttpContext http) => issue.ForPersonAsync(request, http))
            .RequireAuthorization(InvokeEmergencyAccess.Scope);
        routes.MapPost(
            "/emergency-capabilities/stations/{station}", (string station, Request request, IssueCapability issue, HttpContext http) =>
                issue.ForStationAsync(station, request, http))
            .RequireAuthorization(StationScope);
    }

    private async Task<IResult> ForPersonAsync(Request request, HttpContext http)
    {
        if (Caller.Person(http) is not { } person)
        {
            return Refusals.Answer(Refusals.NoPerson);
        }

        if (Refused(request, http) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        (GeneralOffer? may, Refusal? not) = await policyDecision.AskInGeneralAsync(person, http.RequestAborted);
        return may is null
            ? Refusals.Answer(not!)
            : await IssueAsync(request, new CapabilityHolder(CapabilityHolder.Person, person), may, offline.Value.UsesMax, http);
    }

    private async Task<IResult> ForStationAsync(string name, Request request, HttpContext http)
    {
        if (Refused(request, http) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        return !offline.Value.Stations.TryGetValue(name, out StationOptions? station)
                ? Refusals.Answer(new Refusal("station_unknown", "There is no station with this name."))
            : station.ClientId != Caller.Client(http)
                ? Refusals.Answer(new Refusal("station_forbidden", "Another client fetches the capability of this station."))
            : await IssueAsync(
                request, new CapabilityHolder(CapabilityHolder.Station, name),
                new GeneralOffer(station.Role, (int)options.Value.Duration.TotalHours + 1, station.InvokerRole, []), station.UsesMax, http);
    }

    private Refusal? Refused(Request request, HttpContext http) =>
        !offline.Value.Issues ? NotConfigured
        : !offline.Value.Edges.ContainsKey(request.Edge) ? EdgeUnknown
        : KeyOf(request) is null
            ? new Refusal("key_malformed", "key is a public key as a JWK: kty EC, crv P-256, x and y, and nothing private.")
            : commands.Refused(http);

    private async Task<IResult> IssueAsync(Request request, CapabilityHolder holder, GeneralOffer may, int usesMax, HttpContext http)
    {
        // Times of a JWT are whole seconds.
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(commands.Now.ToUnixTimeSeconds());
        TimeSpan longest = TimeSpan.FromHours(may.HoursMax), duration = options.Value.Duration < longest ? options.Value.Duration : longest;
        (string id, JsonWebKey key) = (CommandRunner.NewId(), KeyOf(request)!);
        var issued = new EmergencyCapabilityIssued(
            request.Edge, holder.Kind, holder.Id, may.Role, may.InvokerRole, duration, usesMax,
            Base64UrlEncoder.Encode(key.ComputeJwkThumbprint()), now, now + offline.Value.Lifetime);
        Refusal? refused = await unattended.RunAsync(
            Capability.Streams, id, state => Decide(state, issued, may.ExcludedPatients.Count), Caller.Metadata(http),
            Capabilities.Issued(id, issued, good => TooMany(good, offline.Value.CapabilitiesMax)), http.RequestAborted);
        if (refused is not null)
        {
            return Refusals.Answer(refused);
        }

        var capability = new EmergencyCapability(
            id, offline.Value.Issuer!.AbsoluteUri.TrimEnd('/'), request.Edge, holder, may.Role, may.InvokerRole, duration, issued.UsesMax,
            key,
            [.. may.ExcludedPatients.Select(patient => EmergencyCapability.Digest(id, patient))], now, issued.Expires);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Created(
            (string?)null, new Answer(CapabilityTokens.Sign(capability, keys.Signing!), id, issued.Expires, issued.UsesMax));
    }

    private static JsonWebKey? KeyOf(Request request)
    {
        try
        {
            var key = new JsonWebKey(request.Key.GetRawText());
            return CapabilityTokens.IsUsable(key) ? key : null;
        }
        catch (Exception malformed) when (malformed is ArgumentException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
