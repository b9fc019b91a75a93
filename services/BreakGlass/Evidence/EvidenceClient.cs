using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.BreakGlass.EmergencyAccess;

namespace AccessGov.BreakGlass.Evidence;

/// <summary>Asks PolicyDecision what was opened under a case and who the person was to the patient. Thread-safe.</summary>
internal sealed class EvidenceClient(HttpClient http, ILogger<EvidenceClient> log)
{
    /// <summary>PolicyDecision takes no more.</summary>
    public const int StudiesMax = 500;

    /// <summary>
    /// The end of a grant reaches PolicyDecision a moment after it was said; what was opened until then belongs to the case.
    /// </summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(1);

    /// <summary>Null when it cannot be asked: whoever judges is told that this is missing.</summary>
    /// <param name="id">The case.</param>
    /// <param name="about">How it began.</param>
    /// <param name="studies">What an edge opened by itself, as PolicyDecision takes it.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task<DecisionEvidence?> AskAsync(
        string id, EmergencyAccessInvoked about, IReadOnlyList<string> studies, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await http.PostAsJsonAsync(
                "/emergency-evidence",
                new
                {
                    caseId = id, subjectId = about.Person, about.Patient, from = about.At, to = about.Until + Afterwards, studies,
                }, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<DecisionEvidence>(cancellation);
            }

            Failed(id, $"it answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Failed(id, e.Message);
        }

        return null;
    }

    private void Failed(string id, string why) => log.LogError("PolicyDecision cannot be asked about case {Case}: {Failure}", id, why);
}
