using System.Net;

namespace AccessGov.Console.Services;

/// <summary>A service that the console asks, as its refusals name it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Word">What codes call it.</param>
/// <param name="WhileAway">What does not work while it is away.</param>
internal sealed record AskedService(string Name, string Word, string WhileAway)
{
    private static readonly HttpRequestOptionsKey<AskedService> Asked = new("service");

    public static AskedService PolicyDecision { get; } = new(
        "PolicyDecision", "policy_decision", "While it is away, archives permit only what their own fallback permits.");

    public static AskedService IdentityFederation { get; } = new(
        "IdentityFederation", "identity_federation", "While it is away, nobody can sign in, and no client gets a token.");

    public static AskedService Audit { get; } = new(
        "Audit", "audit", "While it is away, services keep what they have to tell it, and nobody can search the trail.");

    public static AskedService BreakGlass { get; } = new(
        "BreakGlass", "break_glass", "While it is away, nobody can take emergency access; what was taken ends in time all the same.");

    /// <summary>Those that this console asks.</summary>
    public static IReadOnlyList<AskedService> Of(ConsoleOptions console) =>
    [
        IdentityFederation, PolicyDecision, .. console.BreakGlassUrl is null ? Array.Empty<AskedService>() : [BreakGlass],
        .. console.AuditUrl is null ? Array.Empty<AskedService>() : [Audit],
    ];

    /// <summary>The name of the client that asks for its health, without a token.</summary>
    public string HealthClient => $"{Name} health";

    public Refusal Unreachable { get; } = new(
        (int)HttpStatusCode.ServiceUnavailable, $"{Word}_unreachable",
        $"{Name} cannot be reached from the console, so nothing was read or changed.", []);

    public Refusal TooSlow { get; } = new(
        (int)HttpStatusCode.ServiceUnavailable, $"{Word}_too_slow",
        $"{Name} did not answer in time. What was commanded may have been done: look before you repeat it.", []);

    public Refusal NotUnderstood { get; } = new(
        (int)HttpStatusCode.BadGateway, $"{Word}_not_understood",
        $"What answers where {Name} should be is not understood: it may be something else, or another version.", []);

    /// <summary>Whom a request was sent to.</summary>
    public static AskedService Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Asked, out AskedService? service)
            ? service
            : throw new InvalidOperationException("Clients of services say which one they ask.");

    /// <summary>Says of every request of a client whom it is sent to.</summary>
    public sealed class Naming(AskedService service) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(Asked, service);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
