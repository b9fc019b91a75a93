using System.Collections.Frozen;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>The policy set in force.</summary>
/// <param name="Name">The set's name.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Hash">SHA-256 of its files, lower-case hexadecimal.</param>
/// <param name="Compiled">Its policies and those of the custom roles.</param>
/// <param name="Actions">The actions with the groups that they are in.</param>
internal sealed record PublishedPolicies(string Name, int Version, string Hash, CompiledPolicySet Compiled, EntityStore Actions)
{
    /// <summary>What its policies demand along with a decision; null when nothing.</summary>
    public ObligationRules? Obligations { get; init; }

    /// <summary>What its policies say to people beside their @reason, by their ids; null when nothing.</summary>
    public FrozenDictionary<string, ReasonTexts>? Texts { get; init; }

    /// <summary>The entities that come with it, of types that the service keeps nothing about.</summary>
    public EntityStore Foreign { get; init; } = EntityStore.Empty;

    /// <summary>Whether there is such an action; a set that says nothing about actions knows them all.</summary>
    public bool Knows(string action) => Actions.Count == 0 || Actions.Find(new EntityUid("Action", action)) is not null;
}
