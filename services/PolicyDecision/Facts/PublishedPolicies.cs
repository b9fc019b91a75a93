using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>The policy set in force.</summary>
/// <param name="Name">The set's name.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Hash">SHA-256 of its files, lower-case hexadecimal.</param>
/// <param name="Compiled">Its policies and those of the custom roles, compiled.</param>
/// <param name="Actions">Its action entities with their groups.</param>
internal sealed record PublishedPolicies(string Name, int Version, string Hash, CompiledPolicySet Compiled, EntityStore Actions);
