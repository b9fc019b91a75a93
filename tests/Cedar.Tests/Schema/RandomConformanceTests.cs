using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Differential;
using AccessGov.Cedar.Tests.Validation;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>
/// Entities and contexts of random schemas: as declared they conform, in every way of writing them; with one thing wrong there is one
/// error, at the place of the wrong thing.
/// </summary>
public sealed class RandomConformanceTests
{
    private const int Worlds = 60;

    [Fact]
    public void Entities_written_as_JSON_and_read_with_the_schema_are_the_same_entities()
    {
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            string json = Json.Write(world.Store.Entities);

            ShouldBeSame(EntitiesJson.Parse(Encoding.UTF8.GetBytes(json), world.Schema), world, $"seed {seed}");
        }
    }

    [Fact]
    public void Where_the_schema_knows_the_type_the_escapes_may_be_left_out_anywhere()
    {
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            var random = new Random(seed);
            JsonNode json = Unescaped(JsonNode.Parse(Json.Write(world.Store.Entities))!, random);

            ShouldBeSame(EntitiesJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), world.Schema), world, $"seed {seed}: {json}");
        }
    }

    [Fact]
    public void A_context_is_read_with_and_without_escapes()
    {
        for (int seed = 0; seed < Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            Request request = world.Request();
            string json = Json.Write(request.Context);

            world.Schema.ReadContext(request.Action, Encoding.UTF8.GetBytes(json)).ShouldBe(request.Context, $"seed {seed}");
            JsonNode unescaped = Unescaped(JsonNode.Parse(json)!, new Random(seed));
            world.Schema.ReadContext(request.Action, Encoding.UTF8.GetBytes(unescaped.ToJsonString())).ShouldBe(request.Context, $"seed {seed}: {unescaped}");
        }
    }

    [Fact]
    public void One_wrong_thing_in_an_entity_is_one_error_at_its_place()
    {
        int wrong = 0;
        for (int seed = 0; seed < 5 * Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            var defect = new RandomDefect(world, seed);
            if (defect.Entity is null)
            {
                continue;
            }

            wrong++;
            string place = $"seed {seed}, {defect.What}\n{world.Text}\n{Json.Write([defect.Entity])}";
            ConformanceError error = world.Schema.Check(defect.Entity).ShouldHaveSingleItem(place);
            error.Path.ShouldBe(defect.Path, place);
            error.Entity.ShouldBe(defect.Entity.Uid);
            error.Message.ShouldStartWith(defect.Complaint, Case.Sensitive, place);
            string json = Json.Write([defect.Entity]);
            Should.Throw<ConformanceException>(() => EntitiesJson.Parse(Encoding.UTF8.GetBytes(json), world.Schema), place)
                .Errors.ShouldHaveSingleItem(place).Path.ShouldBe(defect.Path, place);
        }

        wrong.ShouldBeGreaterThan(4 * Worlds);
    }

    [Fact]
    public void One_wrong_thing_in_a_context_is_one_error_at_its_place()
    {
        int wrong = 0;
        for (int seed = 0; seed < 5 * Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            Request request = world.Request();
            var defect = new RandomDefect(world, seed);
            if (defect.InContext(request) is not { } context)
            {
                continue;
            }

            wrong++;
            string place = $"seed {seed}, {defect.What}\n{world.Text}\n{context}";
            ConformanceError error = world.Schema.Check(request with { Context = context }).ShouldHaveSingleItem(place);
            error.Path.ShouldBe(defect.Path, place);
            error.Entity.ShouldBeNull();
            error.Message.ShouldStartWith(defect.Complaint, Case.Sensitive, place);
        }

        wrong.ShouldBeGreaterThan(3 * Worlds);
    }

    [OfficialEngineFact]
    public async Task The_official_engine_accepts_the_same_entities_and_requests()
    {
        using var engine = new OfficialEngine("Schema/official-schema.js");
        for (int seed = 0; seed < 2 * Worlds; seed++)
        {
            var world = new TypedWorld(seed);
            var defect = new RandomDefect(world, seed);
            Request request = world.Request();
            Request[] requests = defect.InContext(request) is { } context ? [request, request with { Context = context }] : [request];
            string good = Json.Write(world.Store.Entities);
            var entities = new JsonArray(JsonNode.Parse(good), Unescaped(JsonNode.Parse(good)!, new Random(seed)));
            if (new RandomDefect(world, seed).Entity is { } wrong)
            {
                entities.Add(JsonNode.Parse(Json.Write([wrong])));
            }

            JsonNode answer = await engine.AskAsync(new JsonObject
            {
                ["schema"] = world.Text, ["entities"] = entities, ["requests"] = new JsonArray([.. requests.Select(Json.Write)]),
            }.ToJsonString());

            Verdicts(answer["entities"]!).ShouldBe(entities.Count == 3 ? [true, true, false] : [true, true], $"seed {seed}, {defect.What}: {answer}\n{entities[^1]}\n{world.Text}");
            Verdicts(answer["requests"]!).ShouldBe(requests.Length == 2 ? [true, false] : [true], $"seed {seed}, {defect.What}: {answer}\n{world.Text}");
        }
    }

    private static bool[] Verdicts(JsonNode errors) => [.. errors.AsArray().Select(error => error is null)];

    /// <summary>Some escapes replaced by what stands for them: <c>{"type","id"}</c>, <c>{"fn","arg"}</c>, or the argument alone.</summary>
    private static JsonNode Unescaped(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(item => Unescaped(item!, random))]);
            case JsonObject escape when random.Next(4) > 0 && escape["__entity"] is { } uid:
                return uid.DeepClone();
            case JsonObject escape when random.Next(4) > 0 && escape["__extn"] is { } call:
                return random.Next(2) == 0 ? call.DeepClone() : call["arg"]!.DeepClone();
            case JsonObject escape when escape.ContainsKey("__extn") || escape.ContainsKey("__entity"):
                return escape.DeepClone();
            case JsonObject members:
                return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)Unescaped(member.Value!, random))));
            default:
                return node.DeepClone();
        }
    }

    private static void ShouldBeSame(EntityStore read, TypedWorld world, string place)
    {
        read.Count.ShouldBe(world.Store.Count, place);
        foreach (Entity entity in world.Store.Entities)
        {
            read.Find(entity.Uid)!.IsSameAs(entity).ShouldBeTrue($"{place}: {entity.Uid}");
        }
    }
}
