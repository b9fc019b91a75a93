using System.Net;

namespace AccessGov.Console.Services;

/// <summary>A service that the console asks, as its refusals name it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Word">What codes call it.</param>
internal sealed record AskedService(string Name, string Word)
{
    private static readonly HttpRequestOptionsKey<AskedService> Asked = new("service");

    public static AskedService PolicyDecision { get; } = new("PolicyDecision", "policy_decision");

    public static AskedService IdentityFederation { get; } = new("IdentityFederation", "identity_federation");

    public Refusal Unreachable { get; } = new(
        (int)HttpStatusCode.ServiceUnavailable, $"{Word}_unreachable",
        $"{Name} cannot be reached from the console, so nothing was read or changed.", []);

    public Refusal TooSlow { get; } = new(
        (int)HttpStatusCode.ServiceUnavailable, $"{Word}_too_slow",
        $"{Name} did not answer in time. What was commanded may have been done: look before you repeat it.", []);

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
