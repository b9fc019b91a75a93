namespace AccessGov.PolicyDecision.Facts;

/// <summary>The policy set in force. The compiled set and its action entities join this record with the policy engine.</summary>
/// <param name="Name">The set's name.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Hash">SHA-256 of its files, lower-case hexadecimal.</param>
internal sealed record PublishedPolicies(string Name, int Version, string Hash);
