using AccessGov.Console.Pages.AccessRequests;
using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Pages.EmergencyCases;
using AccessGov.Console.Pages.Policies;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Tasks;

/// <summary>What waits for whoever is signed in, asked of the services that know. One that is away costs its tasks and no others.</summary>
/// <param name="requests">Asks PolicyDecision.</param>
/// <param name="drafts">The same.</param>
/// <param name="emergencies">Asks BreakGlass; none where there is no BreakGlass.</param>
/// <param name="person">Whose tasks.</param>
internal sealed class PersonsTasks(
    RequestedAccess requests, PolicyDrafts drafts, IEnumerable<ReviewedEmergencies> emergencies, SignedInPerson person)
{
    // Whether somebody may approve a draft stands in the draft itself: more than these are not opened for one page.
    private const int DraftsReadMax = 20;

    /// <summary>Things that wait.</summary>
    /// <param name="Number">How many.</param>
    /// <param name="IsLeast">Whether there may be more.</param>
    /// <param name="Sentence">What, after the number.</param>
    /// <param name="Address">Where to do it.</param>
    /// <param name="Oldest">Since when the first of them waits.</param>
    public sealed record Waiting(int Number, bool IsLeast, string Sentence, string Address, DateTimeOffset Oldest);

    /// <param name="Waiting">What waits.</param>
    /// <param name="Refusal">Why it cannot be told; null along with what waits.</param>
    /// <param name="What">What these tasks are called.</param>
    public sealed record Area(IReadOnlyList<Waiting> Waiting, Refusal? Refusal, string What);

    private bool MayApprove => person.May("policies.approve");

    private bool MayPublish => person.May("policies.manage");

    public async Task<IReadOnlyList<Area>> FindAsync(CancellationToken cancellation)
    {
        // Nothing waits for whoever may not do it.
        Task<Area>?[] asked =
        [
            .. person.May(CaseModel.ReviewScope) ? emergencies.Select(cases => EmergenciesAsync(cases, cancellation)) : [],
            person.May("access-requests.decide") ? RequestsAsync(cancellation) : null,
            person.May("facts.read") && (MayApprove || MayPublish) ? DraftsAsync(cancellation) : null,
        ];
        return await Task.WhenAll(asked.OfType<Task<Area>>());
    }

    private async Task<Area> EmergenciesAsync(ReviewedEmergencies cases, CancellationToken cancellation)
    {
        const string What = "Emergency reviews";
        Answer<EmergencyCasePage> found = await cases.ListAllAsync("awaiting_review", cancellation);
        if (!found.Given)
        {
            return new Area([], found.Refusal, What);
        }

        // Nobody judges their own emergency, nor what somebody else has taken upon themselves.
        EmergencyCaseItem[] waiting =
            [.. found.Value.Cases.Where(item => item.Person != person.Id && (item.Owner is null || item.Owner == person.Id))];
        return new Area(
            Of(waiting, found.Value.Next is not null, item => item.InvokedAt, "/emergency-cases?State=awaiting_review",
                "emergency access waits for your review", "cases of emergency access wait for your review"), null, What);
    }

    private async Task<Area> RequestsAsync(CancellationToken cancellation)
    {
        const string What = "Access requests";
        Answer<RequestedAccess.RequestPage> found = await requests.ListWaitingAsync(cancellation);
        if (!found.Given)
        {
            return new Area([], found.Refusal, What);
        }

        // Nobody decides what they asked for.
        RequestedAccess.Request[] waiting = [.. found.Value.Requests.Where(request => request.SubjectId != person.Id)];
        return new Area(
            Of(waiting, found.Value.Next is not null, request => request.RequestedAt, "/access-requests",
                "access request waits for you to decide", "access requests wait for you to decide"), null, What);
    }

    private async Task<Area> DraftsAsync(CancellationToken cancellation)
    {
        const string What = "Policy drafts";
        Answer<PolicyDrafts.DraftPage> found = await drafts.ListOpenAsync(cancellation);
        if (!found.Given)
        {
            return new Area([], found.Refusal, What);
        }

        PolicyDrafts.DraftItem[] checkedOnes =
        [
            .. found.Value.Drafts.Where(
                draft => MayApprove && draft is { CheckPassed: true, ApprovedBy: null } && draft.WrittenBy != person.Id),
        ];
        Answer<PolicyDrafts.Draft>[] read = await Task.WhenAll(
            checkedOnes.Take(DraftsReadMax).Select(draft => drafts.ReadAsync(draft.Id, cancellation)));
        if (Array.Find(read, one => !one.Given) is { Refusal: { } refusal })
        {
            return new Area([], refusal, What);
        }

        // A second person has written none of its texts.
        PolicyDrafts.Draft[] approvable =
        [
            .. read.Select(one => one.Value!)
                .Where(draft => draft is { CanBeApproved: true, Approval: null } && draft.Texts.All(text => text.By != person.Id)),
        ];
        PolicyDrafts.DraftItem[] publishable =
            [.. found.Value.Drafts.Where(draft => MayPublish && draft.ApprovedBy is not null && draft.WrittenBy == person.Id)];
        return new Area(
        [
            .. Of(approvable, checkedOnes.Length > DraftsReadMax, draft => draft.Texts[^1].At,
                AddressOf([.. approvable.Select(draft => draft.Id)]),
                "policy draft waits for your approval", "policy drafts wait for your approval"),
            .. Of(publishable, found.Value.Next is not null, draft => draft.WrittenAt,
                AddressOf([.. publishable.Select(draft => draft.Id)]),
                "policy draft of yours is approved and can be published", "policy drafts of yours are approved and can be published"),
        ], null, What);
    }

    private static Waiting[] Of<T>(T[] things, bool isLeast, Func<T, DateTimeOffset> since, string address, string one, string several) =>
        things.Length == 0
            ? []
            : [new Waiting(things.Length, isLeast, things.Length == 1 && !isLeast ? one : several, address, things.Min(since))];

    private static string AddressOf(string[] ids) => ids is [var one] ? $"/policies/drafts/{one}" : "/policies";
}
