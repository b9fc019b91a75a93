using System.Text.Json;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.Client;

/// <summary>Reads why something was not given.</summary>
internal static class AnsweredFault
{
    private const string NotOurs = "It was not answered as it should be: try again, or call the radiology desk.";

    /// <summary>
    /// What problem details (RFC 9457) say; the status where there are none, as of a gateway that answers in a form of its own.
    /// </summary>
    public static async Task<CapabilityFault> OfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string status = $"answered_{(int)response.StatusCode}";
        try
        {
            AnsweredProblem? problem = await AnsweredProblem.ReadAsync(response, cancellation);
            return new CapabilityFault(problem?.Code ?? status, problem?.Detail is { Length: > 0 } sentence ? sentence : NotOurs);
        }
        catch (JsonException)
        {
            return new CapabilityFault(status, NotOurs);
        }
    }
}
