using AccessGov.EmergencyCapabilities;

namespace AccessGov.Client;

/// <summary>Reads why something was not given.</summary>
internal static class AnsweredFault
{
    /// <summary>What problem details (RFC 9457) say; the status where there are none.</summary>
    public static async Task<CapabilityFault> OfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string status = $"answered_{(int)response.StatusCode}";
        return await AnsweredProblem.ReadAsync(response, cancellation) is { } problem
            ? new CapabilityFault(problem.Code ?? status, problem.Detail ?? "")
            : new CapabilityFault(status, "It was not answered as it should be: try again, or call the radiology desk.");
    }
}
