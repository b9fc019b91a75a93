using AccessGov.Client;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Eligibility;

/// <summary>What PolicyDecision refuses, as its problem details say it.</summary>
internal static class PolicyDecisionProblem
{
    private const string Own = "urn:accessgov:policy-decision:";

    /// <summary>What it says of the token that it was asked with, and not of what was asked.</summary>
    private static readonly string[] OfTheToken = ["unauthenticated", "invalid_token", "insufficient_scope"];

    /// <summary>
    /// Its own refusal, which is for whoever asked; null where it is none: that we may not ask, that it is not well, or that something
    /// else answers.
    /// </summary>
    public static async Task<Refusal?> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        return (int)response.StatusCode is >= 400 and < 500
            && await AnsweredProblem.ReadAsync(response, cancellation) is { Type: { } type, Detail: { } detail }
            && type.StartsWith(Own, StringComparison.Ordinal)
            && type[Own.Length..] is var code && !OfTheToken.Contains(code, StringComparer.Ordinal)
                ? new Refusal(code, detail)
                : null;
    }
}
