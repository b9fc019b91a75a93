using AccessGov.EventSourcing;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>Whoever adds an event decides what of it leaves the service: nothing is withheld here, so somebody has looked at what looks
/// secret.</summary>
public sealed class WithheldTests
{
    /// <summary>They look secret and open nothing; each says why.</summary>
    private static readonly string[] Harmless =
    [
        // What a policy set or a draft hashes to: anybody with the files comes to the same.
        "policy_draft_written.Hash", "policy_draft_rewritten.Hash", "policy_draft_checked.Hash", "policy_draft_approved.Hash",
        "policy_draft_shadow_started.Hash", "policy_draft_published.Hash", "policy_draft_impact_assessed.Hash", "policy_set_published.Hash",
        "policy_set_rolled_back.Hash",
        // Which key signed a policy set.
        "policy_set_published.Signature.Key", "policy_set_rolled_back.Signature.Key",
        // Stable codes of faults.
        "policy_draft_checked.Errors.Code", "policy_draft_checked.Warnings.Code", "access_request_failed.Code",
    ];

    private static Dictionary<string, Type> Events { get; } = typeof(PolicyDecisionModule).Assembly.GetTypes()
        .Where(type => type.GetCustomAttributes(typeof(EventNameAttribute), inherit: false).Length > 0)
        .ToDictionary(type => ((EventNameAttribute)type.GetCustomAttributes(typeof(EventNameAttribute), inherit: false)[0]).Name);

    private static string[] Looking { get; } = [.. Events.SelectMany(pair => SecretLookingMembers.Of(pair.Key, pair.Value))];

    [Fact]
    public void Every_member_that_looks_secret_is_withheld_or_known_to_be_harmless() =>
        Looking.Except(Harmless, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void What_is_harmless_is_there()
    {
        Harmless.Except(Looking, StringComparer.Ordinal).ShouldBeEmpty();
    }
}
