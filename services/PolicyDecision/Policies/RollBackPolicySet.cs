using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Administration;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Puts an earlier version of a policy set into force again.</summary>
internal static class RollBackPolicySet
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(int Version);

    public static Outcome<PolicySetEvent> Decide(PolicyVersions state, Command command, IReadOnlyList<PolicyFault> errors) => state switch
    {
        PolicyVersions.NonePublished => new Refusal("policy_set_unknown", "There is no policy set with this name."),
        PolicyVersions.Published published when command.Version < 1 || command.Version > published.Versions.Length =>
            new Refusal("version_unknown", $"The policy set has the versions 1 to {published.Versions.Length}."),
        PolicyVersions.Published published when published.InForce == command.Version => Outcome.NothingToDo<PolicySetEvent>(),

        // A version that was sound when it was published may not be for the engine of today.
        _ when errors.Count > 0 => new Refusal(errors[0].Code, $"The version is not sound any more: {errors[0].Place}: {errors[0].Sentence}"),
        PolicyVersions.Published published when published.Versions[command.Version - 1] is var version =>
            new PolicySetRolledBack(version.Version, version.Hash, version.Files) { DraftId = version.DraftId, ApprovedBy = version.ApprovedBy },
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of a policy set."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-sets/{name}/roll-back", (string name, Command command, Commands commands, PolicySigner signer, AdministrationKept kept, HttpContext http) => commands.RunAsync(
            http, PolicyVersions.Streams, name,
            state => signer.Sign(name, kept.Check(Decide(state, command, Errors(state, command.Version)), name, commands.Now), Caller.Metadata(http).Actor, commands.Now),
            (_, state) => Results.Ok(PolicySetView.Of(name, state))))
        .RequireAuthorization("policies.manage");

    private static IReadOnlyList<PolicyFault> Errors(PolicyVersions state, int version) =>
        state is PolicyVersions.Published published && version >= 1 && version <= published.Versions.Length
            ? PolicyCompiler.Check(published.Versions[version - 1].Files)
            : [];
}
