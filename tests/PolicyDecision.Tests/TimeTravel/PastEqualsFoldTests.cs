using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using AccessGov.PolicyDecision.TimeTravel;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace AccessGov.PolicyDecision.Tests.TimeTravel;

/// <summary>Answers about the past, from the few events that they depend on, are those of the whole store folded up to then.</summary>
public sealed class PastEqualsFoldTests(ITestOutputHelper output)
{
    private const int Events = 250;
    private const int Instants = 25;

    private static readonly StudyFacts[] Studies =
    [
        Study("1.1", "P0", "d0", null), Study("1.2", "P1", "d1", "u3"), Study("1.3", "P2", "d2", null), Study("1.4", "P0", null, "u2"), Study("1.5", "P9", "d0", "stranger"),
    ];

    private readonly RoleEntities roles = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(null)]
    public async Task Whoever_could_and_whatever_they_could_is_what_the_whole_store_says(int? fixedSeed)
    {
        int seed = fixedSeed ?? Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await new RandomHistory(host.Store, random).WriteAsync(Events);
        IReadOnlyList<StoredEvent> events = await AllAsync(host);
        FactHistory history = host.Services.GetRequiredService<FactHistory>();
        await host.Facts.AtLeastAsync(events[^1].Position, CancellationToken.None);
        (await history.HasCaughtUpAsync(CancellationToken.None)).ShouldBeTrue();

        int permitted = 0;
        for (int question = 0; question < Instants; question++)
        {
            DateTimeOffset at = events[random.Next(events.Count)].RecordedAt.AddTicks(random.Next(3) == 0 ? -10 : 0);
            at = at < events[0].RecordedAt ? events[0].RecordedAt : at;
            (FactsSnapshot facts, HashSet<SubjectKey> ever) = Folded(events, at);
            var circumstances = new Circumstances(null, random.Next(3), null, null);
            permitted += await CompareReadersAsync(host, at, facts, ever, circumstances, random, $"seed {seed}, at {at:O}");
            foreach (SubjectKey subject in RandomHistory.Subjects)
            {
                await CompareRightsAsync(host, subject, at, facts, circumstances, $"seed {seed}, {subject} at {at:O}");
            }
        }

        output.WriteLine($"{permitted} permits");
        permitted.ShouldBeGreaterThan(Instants);
    }

    private async Task<int> CompareReadersAsync(
        PolicyDecisionHost host, DateTimeOffset at, FactsSnapshot facts, HashSet<SubjectKey> ever, Circumstances circumstances, Random random, string place)
    {
        int permitted = 0;
        foreach (StudyFacts study in Studies)
        {
            foreach (string action in RandomHistory.Actions.Take(3))
            {
                IEnumerable<SubjectKey> named = [new("User", "u4"), new("User", "u9"), new("Service", "s1"), .. study.ReferringPhysician is { } referrer ? (SubjectKey[])[new("User", referrer)] : []];

                // Where everybody may, strangers without a word about them are no news.
                bool everybody = May(new("User", NamedInPermits.Nobody), action, study, facts, at, circumstances) || May(new("Service", NamedInPermits.Nobody), action, study, facts, at, circumstances);
                string[] expected = [.. ever.Concat(named).Distinct().Where(subject => May(subject, action, study, facts, at, circumstances)).Select(Key).Order(StringComparer.Ordinal)];
                string[] found = await FoundAsync(host, study, action, at, circumstances, random.Next(1, 5));
                found.Where(IsNews).ShouldBe(expected.Where(IsNews), $"{place}, {study.StudyInstanceUid} {action}");
                found.Except(expected).ShouldBeEmpty();

                bool IsNews(string key) => !everybody || ever.Any(subject => Key(subject) == key);
                permitted += expected.Length;
            }
        }

        return permitted;
    }

    private static async Task CompareRightsAsync(PolicyDecisionHost host, SubjectKey subject, DateTimeOffset at, FactsSnapshot facts, Circumstances circumstances, string place)
    {
        SubjectRights rights = host.Services.GetRequiredService<SubjectRights>();
        string[] expected = Written(rights.Judge(subject, SubjectRights.ClassesOf(subject, facts), facts, at, circumstances));
        var found = new List<ClassRights>();
        bool isLast = false;
        while (!isLast)
        {
            (IReadOnlyList<ClassRights> page, isLast) = await rights.FindAsync(subject, at, circumstances, found.Count == 0 ? "" : found[^1].Class, 3, CancellationToken.None);
            found.AddRange(page);
        }

        Written(found).ShouldBe(expected, place);
    }

    private static async Task<string[]> FoundAsync(PolicyDecisionHost host, StudyFacts study, string action, DateTimeOffset at, Circumstances circumstances, int limit)
    {
        StudyReaders readers = host.Services.GetRequiredService<StudyReaders>();
        var found = new List<string>();
        for (string? after = ""; after is not null;)
        {
            PermittedSubjects page = await readers.FindAsync(study, action, at, circumstances, after, limit, CancellationToken.None);
            page.Subjects.Count.ShouldBeLessThanOrEqualTo(limit);
            found.AddRange(page.Subjects.Select(subject => subject.Key));
            after = page.Next;
        }

        return [.. found];
    }

    private bool May(SubjectKey subject, string action, StudyFacts study, FactsSnapshot facts, DateTimeOffset at, Circumstances circumstances) => new HospitalCase(
        circumstances.Question(subject.Type, subject.Id, action, "Study", study.StudyInstanceUid, at), facts, study, at, roles).Judge().Permitted;

    /// <summary>The store up to the first event that was recorded later, and everybody whom its grants and relations name.</summary>
    private static (FactsSnapshot Facts, HashSet<SubjectKey> Ever) Folded(IReadOnlyList<StoredEvent> events, DateTimeOffset at)
    {
        var fold = new FactsFold("hospital");
        var ever = new HashSet<SubjectKey>();
        foreach (StoredEvent stored in events.TakeWhile(stored => stored.RecordedAt <= at))
        {
            fold.Apply(stored);
            switch (stored.Data)
            {
                case PolicyDecision.Grants.GrantGiven grant:
                    ever.Add(new SubjectKey(grant.SubjectType, grant.SubjectId));
                    break;
                case PolicyDecision.Relations.RelationStarted relation:
                    ever.Add(new SubjectKey("User", relation.User));
                    break;
            }
        }

        return (fold.Snapshot(), ever);
    }

    private static async Task<IReadOnlyList<StoredEvent>> AllAsync(PolicyDecisionHost host)
    {
        IReadOnlyList<StoredEvent> events = [];
        await Eventually.HoldsAsync(async () => (events = await host.Store.ReadAllAsync(0, 10_000)).Count == Events + 2, "all events are numbered");
        return events;
    }

    private static string Key(SubjectKey subject) => $"{subject.Type}/{subject.Id}";

    private static string[] Written(IEnumerable<ClassRights> rights) =>
        [.. rights.Select(found => $"{found.Class}: {string.Join("; ", found.Permitted.Select(right => $"{right.Action} {right.ResourceType} {string.Join(',', right.Policies)}"))}")];

    private static StudyFacts Study(string uid, string patient, string? department, string? referrer) =>
        new(uid, patient, null, department, ["CT"], referrer, null, [], Finalized: false, null);
}
