using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Images;
using AccessGov.Edge.Journal;

namespace AccessGov.Edge.Uses;

/// <summary>Ends an emergency access: its clinician needs it no longer, or AccessGov says that it is over.</summary>
internal static class EndAccess
{
    public const string ByClinician = "clinician";
    public const string Told = "told";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/emergency-access/end",
        async (HttpContext http, EdgeJournal journal, AccessTokens tokens, ClientAddress client, EdgeClock clock) =>
        {
            try
            {
                return tokens.IdOf(AskForImages.TokenOf(http)) is { } id
                    && await RunAsync(journal, id, ByClinician, client.Of(http), clock.Now)
                    ? Results.NoContent() : Refusals.Answer(Refusals.AccessUnknown);
            }
            catch (JournalException unavailable)
            {
                return Refusals.Answer(unavailable.Fault);
            }
        });

    /// <summary>False when nothing of that id is active.</summary>
    public static Task<bool> RunAsync(EdgeJournal journal, string id, string reason, string? address, DateTimeOffset now) =>
        journal.WriteAsync(state => state.Active(id, now) is null
            ? (null, false)
            : (new EdgeJournalEntry(0, "", now, EdgeEntryKinds.Ended, id, Address: address, Reason: reason), true));
}
