using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Eligibility;

/// <summary>What somebody may take in an emergency.</summary>
/// <param name="Role">The role that it gives for the patient.</param>
/// <param name="HoursMax">For how long at most.</param>
/// <param name="Patient">The patient's id.</param>
/// <param name="Study">The study; null when it is about the patient.</param>
/// <param name="InvokerRole">The role that lets them.</param>
internal sealed record EmergencyOffer(string Role, int HoursMax, string Patient, string? Study, string InvokerRole);

/// <summary>Asks PolicyDecision, which knows who is a clinician and what the rules of the hospital leave open. Thread-safe.</summary>
internal sealed class PolicyDecisionClient(HttpClient http, ILogger<PolicyDecisionClient> log)
{
    private static readonly Refusal Unavailable = new(
        "policy_decision_unavailable",
        "It cannot be checked now whether you may take these images. Use the emergency access of your station, or call the radiology desk.");

    /// <summary>What they may take, or why nothing.</summary>
    public async Task<(EmergencyOffer? Offer, Refusal? Refusal)> AskAsync(
        string person, InvokeEmergencyAccess.Command command, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await http.PostAsJsonAsync(
                "/emergency-eligibility", new { subjectId = person, command.Patient, command.Study, command.Denial }, cancellation);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => (await response.Content.ReadFromJsonAsync<EmergencyOffer>(cancellation), null),
                HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Conflict =>
                    (null, await PolicyDecisionProblem.ReadAsync(response, cancellation)
                        ?? Failed($"it answered {(int)response.StatusCode}")),
                _ => (null, Failed($"it answered {(int)response.StatusCode}")),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (null, Failed(e.Message));
        }
    }

    private Refusal Failed(string why)
    {
        log.LogError("PolicyDecision cannot be asked about emergency access: {Failure}", why);
        return Unavailable;
    }
}
