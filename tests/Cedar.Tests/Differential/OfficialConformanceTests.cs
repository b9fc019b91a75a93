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
        var differences = new List<string>();
        int goodEntities = 0, badEntities = 0, goodRequests = 0, badRequests = 0;
        for (int seed = Seeds.First; seed <= Seeds.Last && differences.Count < 10; seed++)
        {
            var random = new Random(seed);
            string text = HospitalSchema.Text(random);
            var schema = Schema.Parse(text);
            var world = new HospitalWorld(random, schema, 60);
            var defects = new HospitalDefects(random, world);
            Entity[] entities = [.. Enumerable.Range(0, EntitiesOfACase).Select(_ => defects.Entity())];
            Request[] requests = [.. Enumerable.Range(0, RequestsOfACase).Select(_ => defects.Request())];

            JsonNode official = await engine.AskAsync(new JsonObject
            {
                ["schema"] = text,
                ["entities"] = new JsonArray([.. entities.Select(entity => JsonNode.Parse(Json.Write(Whole(entity, schema))))]),
                ["requests"] = new JsonArray([.. requests.Select(Json.Write)]),
            }.ToJsonString());

            (int good, int bad) = Compare(entities, schema.Check, entity => Json.Write([entity]), official["entities"]!);
            (goodEntities, badEntities) = (goodEntities + good, badEntities + bad);
            (good, bad) = Compare(requests, schema.Check, request => Json.Write(request).ToJsonString(), official["requests"]!);
            (goodRequests, badRequests) = (goodRequests + good, badRequests + bad);

            (int Good, int Bad) Compare<T>(T[] all, Func<T, IReadOnlyList<ConformanceError>> check, Func<T, string> write, JsonNode theirs)
            {
                int accepted = 0;
                for (int i = 0; i < all.Length; i++)
                {
                    IReadOnlyList<ConformanceError> ours = check(all[i]);
                    accepted += ours.Count == 0 ? 1 : 0;
                    if ((ours.Count == 0) != (theirs[i] is null))
                    {
                        differences.Add(
                            $"{Seeds.Variable}={seed}..{seed}: {write(all[i])}\nwe say {string.Join("; ", ours)}; they say {theirs[i]}\n");
                    }
                }

                return (accepted, all.Length - accepted);
            }
        }

        // The official engine closes the hierarchy over what it is given, so an action is the schema's only with its groups beside it.
        static IEnumerable<Entity> Whole(Entity entity, Schema schema) => entity.Uid.Type == "Hospital::Action"
            ? schema.ActionEntities.Where(action => action.Uid != entity.Uid).Prepend(entity)
            : [entity];

        log.WriteLine($"entities: {goodEntities} accepted, {badEntities} refused; requests: {goodRequests} accepted, {badRequests} refused");
        if (differences.Count > 0)
        {
            Assert.Fail(string.Join('\n', differences));
        }

        if (Seeds.AreDefault)
        {
            goodEntities.ShouldBeGreaterThan(400);
            badEntities.ShouldBeGreaterThan(400);
            goodRequests.ShouldBeGreaterThan(300);
            badRequests.ShouldBeGreaterThan(300);
        }
    }
}
