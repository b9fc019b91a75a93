using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>A small hospital: care teams, working hours, a second factor for what cannot be undone.</summary>
internal static class Hospital
{
    public const string Policies =
        """
        @id("care-team-read")
        permit (principal is User in Role::"physician", action in Action::"read", resource is Study)
        when { principal in resource.careTeam };

        @id("billing-metadata")
        permit (principal is User in Role::"billing", action == Action::"metadata", resource is Study)
        when { context.timeOfDay >= duration("7h") && context.timeOfDay < duration("19h") };

        @id("physician-delete")
        permit (principal is User in Role::"physician", action == Action::"delete", resource is Study)
        when { resource.status == "preliminary" };

        @id("fresh-second-factor")
        forbid (principal is User, action == Action::"delete", resource)
        unless {
          context has assuranceLevel && context.assuranceLevel >= 2 &&
          context has authenticatedAt && context.now.durationSince(context.authenticatedAt) <= duration("15m")
        };

        @id("own-study")
        forbid (principal, action, resource is Study)
        when { resource has patient && resource.patient == principal };
        """;

    public static readonly EntityUid Ada = new("User", "ada");
    public static readonly EntityUid Bob = new("User", "bob");
    public static readonly EntityUid Study = new("Study", "s1");
    public static readonly EntityUid Physician = new("Role", "physician");
    public static readonly EntityUid Billing = new("Role", "billing");
    public static readonly EntityUid Team = new("Team", "chest-pain");

    public static readonly PolicySet Set = PolicySet.Parse(Policies, "hospital.cedar", policy => policy.Annotations["id"]);

    public static readonly EntityStore Entities = EntityStore.Create(
    [
        new Entity(Ada, RecordValue.Of(("salary", Value.Of(90_000))), [Physician]),
        new Entity(Bob, null, [Billing]),
        new Entity(Physician),
        new Entity(Billing),
        new Entity(Team),
        new Entity(Study, RecordValue.Of(("careTeam", Team), ("status", Value.Of("final")), ("patient", new EntityUid("User", "carl")))),
        new Entity(Act("view"), null, [Act("read")]),
        new Entity(Act("metadata"), null, [Act("read")]),
        new Entity(Act("delete")),
    ]);

    public static EntityUid Act(string name) => new("Action", name);

    public static Request Ask(EntityUid who, string what, RecordValue? context = null) => new(who, Act(what), Study, context ?? RecordValue.Empty);

    public static DurationValue Time(int hours, int minutes) => DurationValue.From(new TimeSpan(hours, minutes, 0));

    /// <summary>One explanation of one condition: <c>permit</c> for everybody when it holds.</summary>
    public static Explanation Of(string condition, RecordValue? context = null, IEntities? entities = null, ExplanationOptions? options = null) =>
        Explainer.Explain(
            PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};", "rules.cedar"),
            Ask(Ada, "view", context), entities ?? Entities, options);

    public static IReadOnlyList<string> Texts(this IEnumerable<Counterfactual> counterfactuals) => [.. counterfactuals.Select(one => one.ToString())];

    public static JsonElement ToJson(this Explanation explanation)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            explanation.WriteJson(writer);
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(buffer.ToArray())).RootElement;
    }
}
