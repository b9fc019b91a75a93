using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>What fits a schema: random entities and requests, good ones and broken ones, here and in the official engine.</summary>
public sealed class OfficialConformanceTests(ITestOutputHelper log)
{
    private const int EntitiesOfACase = 30;
    private const int RequestsOfACase = 20;

    [OfficialEngineFact]
    public async Task Entities_and_requests_are_accepted_and_refused_as_the_official_engine_does_it()
    {
        using var engine = new OfficialEngine("Schema/official-schema.js");
        var entities = new Verdicts<Entity>(entity => Json.Write([entity]));
        var requests = new Verdicts<Request>(request => Json.Write(request).ToJsonString());
        for (int seed = Seeds.First; seed <= Seeds.Last && entities.Differences.Count + requests.Differences.Count < 10; seed++)
        {
            var random = new Random(seed);
            string text = HospitalSchema.Text(random);
            var schema = Schema.Parse(text);
            var world = new HospitalWorld(random, schema, 60);
            var defects = new HospitalDefects(random, world);
            Entity[] someEntities = [.. Enumerable.Range(0, EntitiesOfACase).Select(_ => defects.Entity())];
            Request[] someRequests = [.. Enumerable.Range(0, RequestsOfACase).Select(_ => defects.Request())];

            JsonNode official = await engine.AskAsync(new JsonObject
            {
                ["schema"] = text,
                ["entities"] = new JsonArray([.. someEntities.Select(entity => JsonNode.Parse(Json.Write(Whole(entity, schema))))]),
                ["requests"] = new JsonArray([.. someRequests.Select(Json.Write)]),
            }.ToJsonString());

            entities.Compare(seed, someEntities, schema.Check, official["entities"]!);
            requests.Compare(seed, someRequests, schema.Check, official["requests"]!);
        }

        log.WriteLine($"entities: {entities.Accepted} accepted, {entities.Refused} refused; requests: {requests.Accepted} accepted, {requests.Refused} refused");
        string[] differences = [.. entities.Differences, .. requests.Differences];
        if (differences.Length > 0)
        {
            Assert.Fail(string.Join('\n', differences));
        }

        if (Seeds.AreDefault)
        {
            entities.Accepted.ShouldBeGreaterThan(400);
            entities.Refused.ShouldBeGreaterThan(400);
            requests.Accepted.ShouldBeGreaterThan(300);
            requests.Refused.ShouldBeGreaterThan(300);
        }
    }

    // The official engine closes the hierarchy over what it is given, so an action is the schema's only with its groups beside it.
    private static IEnumerable<Entity> Whole(Entity entity, Schema schema) => entity.Uid.Type == "Hospital::Action"
        ? schema.ActionEntities.Where(action => action.Uid != entity.Uid).Prepend(entity)
        : [entity];

    private sealed class Verdicts<T>(Func<T, string> write)
    {
        public int Accepted { get; private set; }

        public int Refused { get; private set; }

        public List<string> Differences { get; } = [];

        public void Compare(int seed, T[] all, Func<T, IReadOnlyList<ConformanceError>> check, JsonNode official)
        {
            for (int i = 0; i < all.Length; i++)
            {
                IReadOnlyList<ConformanceError> ours = check(all[i]);
                Accepted += ours.Count == 0 ? 1 : 0;
                Refused += ours.Count == 0 ? 0 : 1;
                if ((ours.Count == 0) != (official[i] is null))
                {
                    Differences.Add($"{Seeds.Variable}={seed}..{seed}: {write(all[i])}\nwe say {string.Join("; ", ours)}; they say {official[i]}\n");
                }
            }
        }
    }
}
