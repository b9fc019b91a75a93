using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>
/// Gives a grant in place of another: first the one is given, then the other is taken back, so that nobody is denied in between. Where
/// somebody else took the other back meanwhile, the new one is taken back too. Thread-safe.
/// </summary>
internal sealed class ReviewedGrants(Commands commands, IEventStore store, RoleRights rights)
{
    private static readonly Refusal EndedByOthers = new(
        "grant_ended_by_others", "The review did not take it back, or not alone: whoever did gives it back, or it is given anew.");

    public async Task<IResult> ReplaceAsync(HttpContext http, string id, ApplyReview.Replacement command)
    {
        Grant old = await LoadAsync(id, http.RequestAborted);
        return old.AsGiven is not { } terms ? Commands.Refuse(RevokeGrant.Unknown) : await GiveAsync(
            http, terms, command.Reason, Less(terms, command), id, () => old is Grant.Given ? Wider(terms, command) : NotActive);
    }

    public async Task<IResult> RestoreAsync(HttpContext http, string id, ApplyReview.Restoration command)
    {
        Grant old = await LoadAsync(id, http.RequestAborted);
        Grant? replacement = command.Replacement is { } other ? await LoadAsync(other, http.RequestAborted) : null;
        if (old.AsGiven is not { } terms)
        {
            return Commands.Refuse(RevokeGrant.Unknown);
        }

        bool own = old is Grant.Revoked { Reason: var reason } && reason == command.RevokedFor
            && (replacement is null || (replacement is Grant.Given { Terms: var now } && now.SubjectId == terms.SubjectId && now.Reason == command.RevokedFor));
        return await GiveAsync(
            http, terms, command.Reason, new ApplyReview.Replacement(command.Reason), command.Replacement, () => own ? null : EndedByOthers);
    }

    private static Refusal NotActive => new("grant_not_active", "It is not active any more: there is nothing to replace.");

    private static ApplyReview.Replacement Less(GrantGiven old, ApplyReview.Replacement command) =>
        command with { Role = command.Role ?? old.Role, ReadOnly = old.ReadOnly || command.ReadOnly, Until = command.Until ?? old.Until };

    /// <summary>Why it may not replace a grant; null when it may.</summary>
    private Refusal? Wider(GrantGiven old, ApplyReview.Replacement command)
    {
        FactsSnapshot facts = commands.Facts;
        ApplyReview.Replacement less = Less(old, command);
        return old switch
        {
            { ByGroups: true } => new Refusal(
                "grant_by_groups", "The person's groups give this grant: take the person out of the group, or the role from the group."),
            { ByEmergency: true } => new Refusal(
                "grant_by_emergency", "This is emergency access: end it where it is kept, on the page of the emergency case."),
            _ when old.From > commands.Now || old.Until <= commands.Now || facts.RetiredRoles.Contains(old.Role) => NotActive,
            { Until: { } until } when less.Until > until => new Refusal("replacement_longer", "What replaces it ends no later than it does."),
            _ when Actions(less.Role!, less.ReadOnly).Except(Actions(old.Role, old.ReadOnly), StringComparer.Ordinal).FirstOrDefault() is { } more =>
                new Refusal("replacement_wider", $"The role {less.Role} gives {more}, which {old.Role} does not: a review takes away, name a role that gives less."),
            _ => null,
        };

        IEnumerable<string> Actions(string role, bool readOnly) => rights.Of(facts).GetValueOrDefault(role, [])
            .Where(cell => cell.IsGivenBy([new GrantFact("", role, new GrantScope(old.ScopeKind, old.ScopeId), old.From, null, readOnly)]))
            .Select(cell => cell.Action);
    }

    private async Task<IResult> GiveAsync(
        HttpContext http, GrantGiven old, string reason, ApplyReview.Replacement less, string? ends, Func<Refusal?> refused)
    {
        less = Less(old, less);
        var grant = new GiveGrant.Command(
            old.SubjectId, less.Role!, new GiveGrant.Scope(old.ScopeKind, old.ScopeId), reason, old.SubjectType, Until: less.Until, ReadOnly: less.ReadOnly);
        string? given = null;
        IResult answer = await commands.RunAsync(
            http, Grant.Streams, Commands.NewId(),
            state => refused() is { } refusal ? refusal : GiveGrant.Decide(state, grant, commands.Facts, commands.Now),
            (id, _) => Results.Created($"/grants/{given = id}", new { id }), DutyClaim.Of(grant, commands.Facts, commands.Now));
        return given is null || ends is null ? answer : await EndAsync(http, ends, given, reason, answer);
    }

    /// <summary>Takes back what was replaced; when a stop comes before it, the command that is sent again does it.</summary>
    private async Task<IResult> EndAsync(HttpContext http, string ends, string given, string reason, IResult answer)
    {
        (Grant left, AppendReceipt? ended) = await EndOneAsync(http, ends, reason);
        if (left is Grant.Revoked { Reason: var why } && why == reason)
        {
            await commands.TellPositionAsync(http, ended is null ? [] : [ended]);
            return answer;
        }

        await EndOneAsync(http, given, reason);
        return Commands.Refuse(EndedByOthers);
    }

    private async Task<(Grant State, AppendReceipt? Receipt)> EndOneAsync(HttpContext http, string id, string reason) =>
        await store.RunAsync(
            Grant.Streams, id, state => RevokeGrant.End(state, reason), Caller.Metadata(http), cancellation: http.RequestAborted) switch
        {
            CommandResult<Grant>.Accepted { State: var state, Receipt: var receipt } => (state, receipt),
            CommandResult<Grant>.NothingToDo { State: var state, Last: var last } => (state, last),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a known result of ending a grant."),
        };

    private async Task<Grant> LoadAsync(string id, CancellationToken cancellation) =>
        Grant.Streams.Fold(await store.LoadAsync(Grant.Streams.StreamId(id), cancellation));
}
