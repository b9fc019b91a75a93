using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Tests.ShippedPolicies;

/// <summary>One case of deploy/policies/tests: a request in the world of world.json, what must be decided, and by which policies.</summary>
/// <param name="Name">What the case shows, as a sentence.</param>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">The id of the action.</param>
/// <param name="Resource">For what.</param>
/// <param name="Context">Members that differ from the world's context; null takes one away.</param>
/// <param name="Entities">Entities that differ from the world's.</param>
/// <param name="Decision">allow or deny.</param>
/// <param name="Determining">The ids of the determining policies.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PolicyCase(
    string Name, EntityReference Principal, string Action, EntityReference Resource, Dictionary<string, JsonElement>? Context, JsonElement? Entities,
    string Decision, string[] Determining)
{
    public Decision Expected => Decision switch
    {
        "allow" => Cedar.Decision.Allow,
        "deny" => Cedar.Decision.Deny,
        _ => throw new FormatException($"{Name}: the decision is allow or deny, not {Decision}."),
    };
}

internal sealed record EntityReference(string Type, string Id)
{
    public EntityUid Uid => new(Type, Id);
}
