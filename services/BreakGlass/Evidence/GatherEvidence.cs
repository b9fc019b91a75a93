using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Evidence;

/// <summary>Gathers what is known of a case, from here and from PolicyDecision.</summary>
internal sealed class GatherEvidence(EvidenceClient decisions, CaseFacts facts, IEventStore store)
{
    /// <summary>How the case began, and what is known of it; null when there is no such case.</summary>
    public async Task<(EmergencyAccessInvoked About, CaseEvidence Evidence)?> OfAsync(string id, CancellationToken cancellation)
    {
        EventStream stream = await store.LoadAsync(EmergencyGrant.Streams.StreamId(id), cancellation);
        return stream.Events is [{ Data: EmergencyAccessInvoked about }, ..] ? (about, await OfAsync(id, stream, about, cancellation))
            : null;
    }

    /// <summary>What the verdict is recorded with; null when nobody could judge the case now, and nothing is asked then.</summary>
    public async Task<ReviewedEvidence?> ForVerdictAsync(string id, string reviewer, CancellationToken cancellation)
    {
        EventStream stream = await store.LoadAsync(EmergencyGrant.Streams.StreamId(id), cancellation);
        if (EmergencyGrant.Streams.Fold(stream) is not EmergencyGrant.AwaitingReview { Case: var judged } || judged.MayBeOf(reviewer))
        {
            return null;
        }

        CaseEvidence evidence = await OfAsync(id, stream, (EmergencyAccessInvoked)stream.Events[0].Data, cancellation);
        return MisuseScore.Of(evidence) is var (score, reasons)
            ? new ReviewedEvidence(score, [.. reasons.Select(reason => reason.Code)], evidence.Department)
            : null;
    }

    private async Task<CaseEvidence> OfAsync(string id, EventStream stream, EmergencyAccessInvoked about, CancellationToken cancellation)
    {
        // PolicyDecision knows people, and gave nobody a grant for this.
        OpenedImages[] offline = OpenedOffline(stream);
        string[] studies = [.. offline.Select(one => one.Study).OfType<string>().Distinct(StringComparer.Ordinal)];
        string[] askable = [.. studies.Where(Identifiers.IsForeign).Take(EvidenceClient.StudiesMax)];
        Task<DecisionEvidence?> asked =
            about.NamesPerson() ? decisions.AskAsync(id, about, askable, cancellation) : Task.FromResult<DecisionEvidence?>(null);
        Frequency frequency = await facts.FrequencyAsync(id, about, cancellation);
        IReadOnlyList<EarlierCase> earlier = await facts.EarlierAsync(id, about, cancellation);
        DecisionEvidence? known = await asked;
        Dictionary<string, KnownStudy> knownStudies =
            (known?.Studies ?? []).ToDictionary(study => study.Study, StringComparer.Ordinal);
        return new CaseEvidence(known, about.NamesPerson() ? frequency : null, earlier)
        {
            Offline =
            [
                .. offline.Select(one => one.Study is not null && knownStudies.TryGetValue(one.Study, out KnownStudy? study)
                    ? one with { Department = study.Department, Vip = study.Vip }
                    : one),
            ],
            NamesPerson = about.NamesPerson(), StudiesNotAsked = known is null ? 0 : studies.Length - askable.Length,
        };
    }

    private static OpenedImages[] OpenedOffline(EventStream stream) =>
    [
        .. stream.Events.Select(stored => stored.Data).OfType<EmergencyImagesOpenedOffline>().GroupBy(one => (one.Action, one.Study))
            .Select(group => new OpenedImages(
                group.Key.Action, group.Key.Study, null, null, group.Count(), group.Min(one => one.At), group.Max(one => one.At),
                [.. group.Select(one => one.Address).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], [])
            {
                ByMinute = true,
            }),
    ];
}

/// <summary>What is kept with a verdict of what it was found from.</summary>
/// <param name="Score">The misuse score.</param>
/// <param name="Reasons">Its reasons' codes.</param>
/// <param name="Department">The department of what was opened; null when there is not one.</param>
internal sealed record ReviewedEvidence(int Score, IReadOnlyList<string> Reasons, string? Department);
