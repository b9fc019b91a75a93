using System.Collections.Immutable;
using AccessGov.Cedar;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>
/// GET /policy-sets/{name}/controls: which policies in force serve which control of which framework, for whoever has to show it. A control without a policy and a
/// requirement without a control are told as well.
/// </summary>
internal static class PolicySetControls
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/policy-sets/{name}/controls", async (string name, IEventStore store, CancellationToken cancellation) =>
            PolicyVersions.Streams.Fold(await store.LoadAsync(PolicyVersions.Streams.StreamId(name), cancellation)) is PolicyVersions.Published { Current: var current }
                ? Results.Ok(Of(name, current.Version, current.Files))
                : PolicySetView.SetUnknown())
        .RequireAuthorization("facts.read");

    internal static ControlsInForce Of(string name, int version, IReadOnlyList<PolicyFile> files)
    {
        var faults = ImmutableArray.CreateBuilder<PolicyFault>();
        ImmutableArray<MappedControl> mapped = files.FirstOrDefault(file => file.Name == ControlMapping.FileName) is { } file ? ControlMapping.Read(file.Text, faults) : [];
        ParsedPolicies parsed = PolicyCompiler.Parse(files);
        var serving = parsed.Policies.Policies.Concat(parsed.Attaching.Policies)
            .SelectMany(policy => ControlMapping.RequirementsOf(policy).Select(requirement => (requirement, policy)))
            .ToLookup(pair => pair.requirement, pair => pair.policy, StringComparer.Ordinal);
        return new ControlsInForce(
            name, version,
            [.. mapped.GroupBy(control => control.Framework, StringComparer.Ordinal).Select(framework => new Framework(
                framework.Key, [.. framework.Select(control => new ServedControl(control.Control, control.Requirements, Serving(control, serving)))]))],
            [.. serving.Select(group => group.Key).Except(mapped.SelectMany(control => control.Requirements), StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    private static ImmutableArray<ServingPolicy> Serving(MappedControl control, ILookup<string, Policy> serving) =>
    [
        .. control.Requirements.SelectMany(requirement => serving[requirement]).DistinctBy(policy => policy.Id)
            .OrderBy(policy => policy.Position.File, StringComparer.Ordinal).ThenBy(policy => policy.Position.Line)
            .Select(policy => new ServingPolicy(policy.Id, policy.Effect == Effect.Permit ? "permit" : "forbid", policy.Position.File, policy.Position.Line)),
    ];
}

/// <summary>What the policies of a version serve.</summary>
internal sealed record ControlsInForce(string Name, int Version, ImmutableArray<Framework> Frameworks, ImmutableArray<string> UnmappedRequirements);

/// <summary>One framework of controls.</summary>
internal sealed record Framework(string Name, ImmutableArray<ServedControl> Controls);

/// <summary>One control: no policy serves it when there is none.</summary>
internal sealed record ServedControl(string Id, ImmutableArray<string> Requirements, ImmutableArray<ServingPolicy> Policies);

/// <summary>A policy in force.</summary>
internal sealed record ServingPolicy(string Id, string Effect, string? File, int Line);
