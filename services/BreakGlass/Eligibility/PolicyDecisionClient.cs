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

/// <summary>What somebody may take in any emergency, before anybody knows for which patient.</summary>
/// <param name="Role">The role that it gives for a patient.</param>
/// <param name="HoursMax">For how long at most.</param>
/// <param name="InvokerRole">The role that lets them.</param>
/// <param name="ExcludedPatients">Whose images it does not open: their own and their family's.</param>
internal sealed record GeneralOffer(string Role, int HoursMax, string InvokerRole, IReadOnlyList<string> ExcludedPatients);

/// <summary>Asks PolicyDecision, which knows who is a clinician and what the rules of the hospital leave open. Thread-safe.</summary>
internal sealed class PolicyDecisionClient(HttpClient http, ILogger<PolicyDecisionClient> log)
{
    private static readonly Refusal Unavailable = new(
        "policy_decision_unavailable",
        "It cannot be checked now whether you may take these images. Use the emergency access of your station, or call the radiology "
        + "desk.");

    /// <summary>What they may take, or why nothing.</summary>
    public Task<(EmergencyOffer? Offer, Refusal? Refusal)> AskAsync(
        string person, InvokeEmergencyAccess.Command command, CancellationToken cancellation) =>
        AskAsync<EmergencyOffer>(new { subjectId = person, command.Patient, command.Study, command.Denial }, cancellation);

    /// <summary>What they may take in general, or why nothing.</summary>
    public Task<(GeneralOffer? Offer, Refusal? Refusal)> AskInGeneralAsync(string person, CancellationToken cancellation) =>
        AskAsync<GeneralOffer>(new { subjectId = person }, cancellation);

    private async Task<(TOffer? Offer, Refusal? Refusal)> AskAsync<TOffer>(object question, CancellationToken cancellation)
        where TOffer : class
    {
        try
        {
            using HttpResponseMessage response = await http.PostAsJsonAsync("/emergency-eligibility", question, cancellation);
            return response.StatusCode switch
            {
                // An answer without an offer is none.
                HttpStatusCode.OK => await response.Content.ReadFromJsonAsync<TOffer>(cancellation) is { } offer
                    ? (offer, null)
                    : (null, Failed("it answered nothing")),
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
