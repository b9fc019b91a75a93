using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Conformance;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>A schema, policies with templates and links, entities and requests, all from one seed; and what differs in the answers about them.</summary>
internal sealed class DifferentialCase
{
    // One seed in 250 has the largest size, one in 25 a medium one.
    private const int LargeEvery = 250;
    private const int MediumEvery = 25;

    private readonly string schemaText;
    private readonly Schema schema;
    private readonly PolicySet policies;
    private readonly IReadOnlyList<Entity> entities;
    private readonly IReadOnlyList<Request> requests;

    private DifferentialCase(string schemaText, PolicySet policies, IEnumerable<Entity> entities, IEnumerable<Request> requests)
    {
        this.schemaText = schemaText;
        schema = Schema.Parse(schemaText);
        this.policies = policies;
        this.entities = [.. entities];
        this.requests = [.. requests];
    }

    public int Policies => policies.Policies.Count(policy => !policy.IsTemplate);

    public int Entities => entities.Count;

    public int Requests => requests.Count;

    public int Allowed { get; private set; }

    public int Erroring { get; private set; }

    public int Valid { get; private set; }

    /// <summary>Policies that we refuse, like Cedar up to 4.12, for a scope to which no action applies, and 4.13 warns of.</summary>
    public int NotApplicable { get; private set; }

    public static DifferentialCase Of(int seed) => seed % 5 == 4 ? OfVocabulary(new Random(seed)) : OfHospital(seed);

    public string ToJson() => new JsonObject
    {
        ["schema"] = schemaText,
        ["policies"] = new JsonObject
        {
            ["staticPolicies"] = Texts(policy => !policy.IsTemplate && policy.Link is null),
            ["templates"] = Texts(policy => policy.IsTemplate),
            ["templateLinks"] = JsonNode.Parse(PolicySetJson.Write(policies))!["templateLinks"]!.DeepClone(),
        },
        ["entities"] = JsonNode.Parse(Json.Write(entities)),
        ["requests"] = new JsonArray([.. requests.Select(Json.Write)]),
    }.ToJsonString();

    /// <summary>What the official engine answers otherwise; empty when nothing.</summary>
    public IReadOnlyList<string> Differences(JsonNode official)
    {
        if (official["failure"] is { } failure)
        {
            return [$"the official engine refuses the case: {failure}"];
        }

        var differences = new List<string>();
        CompareVerdicts(official, differences);
        CompiledPolicySet compiled = policies.Compile();
        EntityStore store = EntityStore.Create(entities);
        for (int i = 0; i < requests.Count; i++)
        {
            Response ours = compiled.Evaluate(requests[i], store);
            Allowed += ours.Decision == Decision.Allow ? 1 : 0;
            Erroring += ours.Errors.Count;
            JsonNode theirs = official["answers"]![i]!;
            string request = $"{Json.Write(requests[i]).ToJsonString()}\nentities {Json.Write(Near(requests[i]))}";
            Compare(differences, $"decision of {request}", [$"{ours.Decision}".ToLowerInvariant()], [$"{theirs["decision"]}"]);
            Compare(differences, $"reasons of {request}", ours.Reasons.Select(policy => policy.Id), Strings(theirs["reasons"]!));
            Compare(differences, $"errors of {request}", ours.Errors.Select(error => error.Policy.Id), Strings(theirs["errors"]!));
        }

        return differences;
    }

    private void CompareVerdicts(JsonNode official, List<string> differences)
    {
        ValidationResult ours = new Validator(schema).Validate(policies);
        ILookup<string, ValidationErrorKind> kinds = ours.Errors.ToLookup(error => error.Policy.Id, error => error.Kind, StringComparer.Ordinal);
        Valid += policies.Policies.Count(policy => !kinds.Contains(policy.Id));
        string[] notApplicable = [.. kinds.Where(kind => kind.Contains(ValidationErrorKind.InvalidActionApplication)).Select(kind => kind.Key)];
        NotApplicable += notApplicable.Length;
        Compare(differences, "policies whose scope no action fits", notApplicable, Strings(official["notApplicable"]!));
        HashSet<string> ourKinds = [.. kinds.SelectMany(policy => policy
            .Where(kind => kind != ValidationErrorKind.InvalidActionApplication).Select(kind => $"{policy.Key} {OfficialVerdict.AsOfficial(kind)}"))];
        HashSet<string> theirKinds = [.. official["invalid"]!.AsObject().SelectMany(
            policy => Strings(policy.Value!).Select(message => $"{policy.Key} {OfficialVerdict.KindOf(message)}"))];
        AddWhatLinksInherit(ourKinds, theirKinds);
        Compare(differences, "kinds of errors of the validator", ourKinds, theirKinds);
        Compare(
            differences, "policies that the validator calls impossible",
            ours.Warnings.Where(warning => warning.Kind == ValidationWarningKind.ImpossiblePolicy && warning.Policy.Link is null)
                .Select(warning => warning.Policy.Id),
            Strings(official["impossible"]!));
    }

    // The official validator looks only at the entities in the slots of a link, since it has checked the template; ours checks the link as
    // the policy it is. An error of ours in a link is therefore one of its template; or an id in a slot that its enumerated type does not
    // list, which the official validator finds in a policy only.
    private void AddWhatLinksInherit(HashSet<string> ours, HashSet<string> theirs)
    {
        foreach (Policy link in policies.Policies.Where(policy => policy.Link is not null))
        {
            foreach (ValidationErrorKind kind in Enum.GetValues<ValidationErrorKind>().Where(kind => theirs.Contains($"{link.Link!.TemplateId} {kind}")))
            {
                if (ours.Contains($"{link.Id} {kind}"))
                {
                    theirs.Add($"{link.Id} {kind}");
                }
            }

            if (new[] { link.Link!.Principal, link.Link.Resource }.OfType<EntityUid>().Any(
                uid => schema.EntityTypes.TryGetValue(uid.Type, out SchemaEntityType? type) && !type.Allows(uid.Id)))
            {
                theirs.Add($"{link.Id} {ValidationErrorKind.InvalidEnumEntity}");
            }
        }
    }

    private void Compare(List<string> differences, string what, IEnumerable<string> ours, IEnumerable<string> theirs)
    {
        HashSet<string> our = [.. ours];
        HashSet<string> their = [.. theirs];
        if (!our.SetEquals(their))
        {
            string[] onlyOurs = [.. our.Except(their).Take(5)];
            string[] onlyTheirs = [.. their.Except(our).Take(5)];
            IEnumerable<string> texts = onlyOurs.Concat(onlyTheirs).Select(one => policies.Find(one.Split(' ')[0])).OfType<Policy>().Distinct()
                .Select(policy => $"\n{policy.Id}: {policy.Text} {policy.Link}");
            differences.Add($"{what}: only we say {string.Join(", ", onlyOurs)}; only they say {string.Join(", ", onlyTheirs)}{string.Concat(texts)}");
        }
    }

    private IEnumerable<Entity> Near(Request request) => entities.Count <= 100
        ? entities
        : entities.Where(entity => entity.Uid == request.Principal || entity.Uid == request.Resource);

    private static DifferentialCase OfHospital(int seed)
    {
        var random = new Random(seed);
        (int policies, int entities, int requests) = (seed % LargeEvery, seed % MediumEvery) switch
        {
            (LargeEvery / 5, _) => (2_000, 10_000, 2),
            (_, MediumEvery / 2) => (random.Next(100, 400), random.Next(200, 1_000), 8),
            _ => (random.Next(1, 40), random.Next(10, 80), 12),
        };
        string text = HospitalSchema.Text(random);
        var world = new HospitalWorld(random, Schema.Parse(text), entities);
        var writer = new HospitalPolicies(random, world);
        PolicySet set = PolicySet.Parse(string.Concat(Enumerable.Range(0, policies).Select(_ => writer.Policy(isTemplate: random.Next(5) == 0))));
        return new DifferentialCase(
            text, Linked(set, random, () => world.Uid("Hospital::User"), () => world.Uid("Hospital::Study")), world.Entities,
            Enumerable.Range(0, requests).Select(_ => world.Request()));
    }

    // Expressions without sense: the schema declares what the vocabulary names, but hardly a policy is valid.
    private static DifferentialCase OfVocabulary(Random random)
    {
        var world = new RandomWorld(random) { IsExactInJavaScript = true };
        var writer = new RandomPolicies(random);
        PolicySet set = PolicySet.Parse(string.Join('\n', Enumerable.Range(0, random.Next(1, 40)).Select(
            _ => PolicyPrinter.Print(writer.Tree(depth: random.Next(4), slots: random.Next(4) == 0)))));
        EntityUid Uid() => Vocabulary.Entities[random.Next(Vocabulary.Entities.Length)];
        return new DifferentialCase(
            VocabularySchema.Text(random), Linked(set, random, Uid, Uid), world.Entities().Entities, Enumerable.Range(0, 12).Select(_ => world.Request()));
    }

    private static PolicySet Linked(PolicySet set, Random random, Func<EntityUid> principal, Func<EntityUid> resource)
    {
        int links = 0;
        return set.Link([.. set.Policies.Where(policy => policy.IsTemplate).SelectMany(template => Enumerable.Range(0, random.Next(3)).Select(
            _ => new TemplateLink(
                template.Id, $"link{links++}",
                template.Tree.Principal.HasSlot ? principal() : null, template.Tree.Resource.HasSlot ? resource() : null)))]);
    }

    private JsonObject Texts(Func<Policy, bool> which) =>
        new(policies.Policies.Where(which).Select(policy => KeyValuePair.Create(policy.Id, (JsonNode?)JsonValue.Create(policy.Text))));

    private static IEnumerable<string> Strings(JsonNode list) => list.AsArray().Select(item => item!.GetValue<string>());
}
