using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.Tests.ShippedPolicies;
using Xunit.Abstractions;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>What a search finds is exactly what evaluation permits, in random hospitals under the shipped policies and under random ones.</summary>
public sealed class SearchEqualsEvaluationTests(ITestOutputHelper output)
{
    private const int Hospitals = 500;
    private const int SearchesEach = 6;

    private static readonly string[] Actions =
        ["study.view", "study.search", "study.retrieve", "study.annotate", "study.store", "study.modify", "study.send", "worklist.read", "archive.use-ui", "archive.administer", "user.manage"];

    private static readonly EntityStore KnownActions = EntityStore.Create(ShippedPolicySet.Current.Actions);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_result_is_permitted_and_every_other_candidate_is_not(bool shipped)
    {
        int found = 0, narrowed = 0;
        for (int seed = 0; seed < Hospitals; seed++)
        {
            var random = new Random(seed);
            // A Monday, inside working hours and outside.
            var hospital = new RandomHospital(random, new DateTimeOffset(2026, 3, 2, random.Next(24), 0, 0, TimeSpan.Zero));
            string text = shipped ? "" : new RandomPolicies(random).Text();
            CompiledPolicySet policies = shipped ? ShippedPolicySet.Current.Compiled : PolicySet.Parse(text).Compile();
            using var harness = new SearchHarness(hospital, hospital.Facts(new PublishedPolicies("hospital", 1, "hash", policies, KnownActions)));
            for (int i = 0; i < SearchesEach; i++)
            {
                object context = new { sourceIp = random.Next(8) == 0 ? "203.0.113.9" : "10.1.2.3", assuranceLevel = random.Next(4), authenticatedAt = hospital.Now, purposeOfUse = "TREAT", destination = "media" };
                var kind = (SearchKind)(i % 3);
                Query query = Query.Random(kind, hospital, random, context);

                string[] expected = await ExpectedAsync(harness, hospital, query);
                int read = harness.Index.Read;
                string[] results = await harness.SearchAsync(kind, query.Body());

                results.ShouldBe(expected, $"seed {seed}, {kind} search {query.Body()}, policies:\n{text}");
                found += results.Length;
                narrowed += kind == SearchKind.Resource && query.Resource.Type == "Study" && harness.Index.Read - read < hospital.Studies.Count ? 1 : 0;
            }
        }

        // Not everything is empty, and where that is certain to find nothing more, not every study is looked at.
        output.WriteLine($"seeds 0 to {Hospitals - 1}: {found} results, {narrowed} searches that read fewer studies than there are");
        found.ShouldBeGreaterThan(500);
        narrowed.ShouldBeGreaterThan(100);
    }

    private static async Task<string[]> ExpectedAsync(SearchHarness harness, RandomHospital hospital, Query query)
    {
        var permitted = new List<string>();
        foreach (string candidate in Candidates(hospital, query).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (await harness.EvaluateAsync(query.About(candidate)))
            {
                permitted.Add(candidate);
            }
        }

        return [.. permitted];
    }

    /// <summary>Everything of the searched type that is known, when what the search names is known.</summary>
    private static IEnumerable<string> Candidates(RandomHospital hospital, Query query)
    {
        string? referrerHere = hospital.Studies.FirstOrDefault(study => study.StudyInstanceUid == query.Resource.Id).Facts?.ReferringPhysician;
        bool subjectIsKnown = hospital.Subjects.Contains(query.Subject)
            || (query.Subject.Type == "User" && hospital.Studies.Any(study => study.Facts?.ReferringPhysician == query.Subject.Id));
        bool resourceIsKnown = Resources(hospital, query.Resource.Type).Contains(query.Resource.Id)
            && (query.Resource.Type != "Study" || hospital.Studies.Any(study => study.StudyInstanceUid == query.Resource.Id && study.Facts is not null));
        return query.Kind switch
        {
            SearchKind.Subject when resourceIsKnown => hospital.Subjects.Where(subject => subject.Type == query.Subject.Type).Select(subject => subject.Id)
                .Concat(referrerHere is not null && query.Subject.Type == "User" ? [referrerHere] : []),
            SearchKind.Resource when subjectIsKnown => Resources(hospital, query.Resource.Type),
            SearchKind.Action when subjectIsKnown && resourceIsKnown => ShippedPolicySet.Current.Actions.Select(action => action.Uid.Id),
            _ => [],
        };
    }

    private static IEnumerable<string> Resources(RandomHospital hospital, string type) => type switch
    {
        "Study" => hospital.Studies.Select(study => study.StudyInstanceUid),
        "Patient" => hospital.KnownPatients,
        "Department" => RandomHospital.Departments,
        "Site" => ["north", "south"],
        "Archive" => ["north-pacs", "south-pacs"],
        "System" => ["accessgov"],
        _ => [],
    };

    private sealed record Query(SearchKind Kind, SubjectKey Subject, string Action, (string Type, string Id) Resource, object Context)
    {
        public static Query Random(SearchKind kind, RandomHospital hospital, Random random, object context)
        {
            string type = random.Next(10) switch { 0 or 1 => "Patient", 2 => "Archive", 3 => hospital.Pick(["System", "Department", "Site", "Folder"]), _ => "Study" };
            string[] ids = [.. Resources(hospital, type)];
            SubjectKey subject = random.Next(8) == 0 ? hospital.Pick([.. RandomHospital.Everybody, new SubjectKey("User", "zoe")]) : hospital.Pick([.. hospital.Subjects]);
            string action = random.Next(4) == 0 ? hospital.Pick(Actions) : hospital.Pick(Actions[..3]);
            return new Query(kind, subject, action, (type, ids.Length == 0 || random.Next(8) == 0 ? "unknown" : hospital.Pick(ids)), context);
        }

        public string Body() => Write(
            Kind == SearchKind.Subject ? new { type = Subject.Type } : new { type = Subject.Type, id = Subject.Id }, Action,
            Kind == SearchKind.Resource ? new { type = Resource.Type } : new { type = Resource.Type, id = Resource.Id });

        public string About(string candidate) => Write(
            new { type = Subject.Type, id = Kind == SearchKind.Subject ? candidate : Subject.Id }, Kind == SearchKind.Action ? candidate : Action,
            new { type = Resource.Type, id = Kind == SearchKind.Resource ? candidate : Resource.Id });

        private string Write(object subject, string action, object resource) =>
            JsonSerializer.Serialize(new { subject, action = new { name = action }, resource, context = Context });
    }
}
