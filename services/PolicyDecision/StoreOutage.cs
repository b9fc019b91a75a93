using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision;

/// <summary>The failures of the database, and of the study index in it.</summary>
internal sealed class StoreOutage(ILogger<StoreOutage> log) : StoreOutageHandler(Refusals.Table, log)
{
    protected override Refusal? RefusalOf(Exception failure) => failure is StudyIndexUnavailableException
        ? new Refusal("study_index_unavailable", "The study index cannot be read now: try again in a moment.")
        : base.RefusalOf(failure);
}
