namespace AccessGov.Contracts.PolicyDecision.V1;

/// <summary>A version of a policy set is in force from now on: a new one, or an earlier one again.</summary>
/// <param name="Name">The policy set.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Hash">SHA-256 of its files, lower-case hexadecimal.</param>
/// <param name="RolledBack">True when it is an earlier version again.</param>
/// <param name="PublishedBy">Who put it into force; null when that is not known.</param>
/// <param name="PublishedAt">When.</param>
public sealed record PolicySetPublished(string Name, int Version, string Hash, bool RolledBack, string? PublishedBy, DateTimeOffset PublishedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.policy-set-published.v1";
}
