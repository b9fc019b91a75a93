using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EmergencyCapabilities;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Offline;

/// <summary>Takes over what one line of an edge's journal means; those of refusals are taken over together.</summary>
internal sealed class MergeLine(
    EdgeJournals journals, LookAgain look, CaseCommands cases, UnattendedCommands unattended, IOptions<BreakGlassOptions> options)
{
    /// <exception cref="RefusedAlongsideException">Somebody else merged it at the same time.</exception>
    public async Task RunAsync(string edge, EdgeJournalEntry entry, MergedLine line, EventMetadata metadata, CancellationToken cancellation)
    {
        metadata = metadata with { CausationId = $"edge {edge} line {entry.Sequence}" };
        Refusal? refused = entry switch
        {
            { Kind: EdgeEntryKinds.Started } => await TellAsync(new EmergencyEdgeStarted(edge, entry.Sequence, entry.At)),
            { Kind: EdgeEntryKinds.Used } => await UsedAsync(),
            { Kind: EdgeEntryKinds.Accessed, Action: { Length: > 0 } action } => await InCaseAsync(state => OfflineUse.Opened(
                state, edge, EdgeText.Kept(action)!, EdgeText.Kept(entry.Study), EdgeText.Kept(entry.Address), entry.At)),
            { Kind: EdgeEntryKinds.Ended } =>
                await InCaseAsync(state => OfflineUse.Ended(state, edge, CauseOf(entry.Reason), null, entry.At)),
            _ => new Refusal("line_malformed", "It says nothing that an edge tells."),
        };
        if (refused is not null)
        {
            string kind = EdgeText.Kept(entry.Kind) ?? "unknown";
            await TellAsync(new EmergencyEdgeLineUnusable(edge, entry.Sequence, kind, refused.Code, entry.At));
        }

        async Task<Refusal?> UsedAsync()
        {
            OfflineUse use = await look.AtAsync(edge, entry, cases.Now, cancellation);
            EventMetadata there = metadata with { Source = EdgeText.Kept(entry.Address) ?? metadata.Source };
            EventMetadata by = use.Origin is { Station: null, Faults.Count: 0 } ? there with { Actor = use.Person } : there;
            return await RunInCaseAsync(by, state => OfflineUse.Decide(state, use, options.Value.Rules), use);
        }

        Task<Refusal?> InCaseAsync(Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> decide) => RunInCaseAsync(metadata, decide, null);

        async Task<Refusal?> RunInCaseAsync(EventMetadata by, Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> decide, OfflineUse? use)
        {
            if (!Guid.TryParse(entry.Case, out Guid id) || id.ToString() != entry.Case)
            {
                return new Refusal("line_malformed", "It names no case.");
            }

            bool merged = false;
            Refusal? not = await cases.RunAsync(by, entry.Case, decide, cancellation, async (transaction, _, ends) =>
            {
                await EdgeJournals.AddAsync(line, transaction, ends);
                await (use is null ? Task.CompletedTask : EdgeJournals.AddCaseAsync(entry.Case, use.Origin, use.Until, transaction, ends));
                merged = true;
            });
            await (not is not null || merged ? Task.CompletedTask : journals.AddAsync(line, cancellation));
            return Meanwhile(not);
        }

        async Task<Refusal?> TellAsync(EdgeEvent happened)
        {
            DateTimeOffset now = cases.Now;
            return Meanwhile(await unattended.RunAsync(
                EdgeDay.Streams, EdgeDay.IdOf(edge, now), state => EdgeDay.Decide(state, happened, now), metadata,
                (transaction, _, ends) => EdgeJournals.AddAsync(line, transaction, ends), cancellation));
        }
    }

    /// <summary>What is refused for the line's own sake is told of it; whoever was beaten to it begins again.</summary>
    private static Refusal? Meanwhile(Refusal? refused) => refused?.Code is null or "case_taken" or "case_unknown" or "line_malformed"
        ? refused
        : throw new RefusedAlongsideException(EdgeJournals.MergedMeanwhile);

    private static string CauseOf(string? reason) => reason switch
    {
        "clinician" => EndCauses.Clinician,
        "expired" => EndCauses.Expired,
        _ => EndCauses.Refused,
    };
}
