using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Incoming;

/// <summary>Ends all that somebody has.</summary>
internal static class EndsOfPerson
{
    public static async Task EndAsync(
        string person, string cause, string? by, OpenCases open, CaseCommands cases, MessageEnvelope envelope,
        CancellationToken cancellation)
    {
        var metadata = new EventMetadata(by, envelope.TraceParent, envelope.Id.ToString(), envelope.Source);
        foreach (string id in await open.ActiveOfAsync(person, cancellation))
        {
            await cases.RunAsync(metadata, id, state => EndEmergencyAccess.End(state, cause, null, cases.Now), cancellation);
        }
    }
}
