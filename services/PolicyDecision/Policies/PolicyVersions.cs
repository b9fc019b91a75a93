using System.Collections.Immutable;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Something happened to a policy set. What is optional is absent in events that were stored before there were drafts and signatures.</summary>
internal abstract record PolicySetEvent
{
    /// <summary>The draft that the text comes from; null when it was published directly.</summary>
    public string? DraftId { get; init; }

    /// <summary>The second person who approved the draft.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>The manifest with its signature; null when no key was configured.</summary>
    public PolicySignature? Signature { get; init; }
}

/// <summary>A new version of the policy set is in force.</summary>
/// <param name="Version">Its number, from 1 without holes.</param>
/// <param name="Hash">SHA-256 of the files, lower-case hexadecimal.</param>
/// <param name="Files">The whole text.</param>
/// <param name="Comment">Why it was published.</param>
[EventName("policy_set_published")]
internal sealed record PolicySetPublished(int Version, string Hash, IReadOnlyList<PolicyFile> Files, string Comment) : PolicySetEvent;

/// <summary>An earlier version is in force again; its text is said again, so that nobody has to look it up.</summary>
[EventName("policy_set_rolled_back")]
internal sealed record PolicySetRolledBack(int Version, string Hash, IReadOnlyList<PolicyFile> Files) : PolicySetEvent;

/// <summary>A file of a policy set: see <see cref="PolicyFiles"/>.</summary>
internal sealed record PolicyFile(string Name, string Text);

/// <summary>The versions of a policy set.</summary>
internal abstract record PolicyVersions
{
    private PolicyVersions() { }

    public static StreamKind<PolicyVersions, PolicySetEvent> Streams { get; } = new("policy-set", new NonePublished(), Evolve);

    public static PolicyVersions Evolve(PolicyVersions state, PolicySetEvent @event) => (state, @event) switch
    {
        (NonePublished, PolicySetPublished e) => new Published(e.Version, [e]),
        (Published published, PolicySetPublished e) => new Published(e.Version, published.Versions.Add(e)),
        (Published published, PolicySetRolledBack e) => published with { InForce = e.Version },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the policy set is corrupt."),
    };

    public sealed record NonePublished : PolicyVersions;

    public sealed record Published(int InForce, ImmutableArray<PolicySetPublished> Versions) : PolicyVersions
    {
        public PolicySetPublished Current => Versions[InForce - 1];

        /// <summary>The schema for a set that brings none: that of the version in force, else that of the last one before it that has one.</summary>
        public PolicyFile? Schema => Versions.Take(InForce).Reverse().Select(version => PolicyFiles.SchemaOf(version.Files)).FirstOrDefault(file => file is not null);
    }
}
