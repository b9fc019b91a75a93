namespace AccessGov.DemoHospital.Identities;

/// <summary>Who may administer what: nobody everything, and each part in hands of its own.</summary>
internal static class Groups
{
    /// <param name="Name">What the hospital calls it.</param>
    /// <param name="Scopes">What its members may do in the console.</param>
    /// <param name="Members">The ids of people of the cast.</param>
    internal sealed record Group(string Name, string[] Scopes, params string[] Members);

    public static IReadOnlyList<Group> All { get; } =
    [
        new("System administrators",
            [
                "policies.manage", "policies.approve", "roles.manage", "facts.read", "decisions.explain", "audit.read", "audit.keys",
                "audit.export", "campaigns.manage",
            ], "sven", "ivan"),
        new("User administrators",
            [
                "people.read", "people.manage", "people.suspend", "clearances.read", "clearances.write", "sessions.read",
                "sessions.manage", "grants.manage", "facts.read", "access-requests.decide",
            ], "uma"),
        new("Audit reviewers",
            ["journal.read", "audit.read", "facts.read", "decisions.explain", "people.read", "clearances.read", "sessions.read"], "aude", "clara"),
        new("Privacy office", ["audit.read", "audit.unseal", "emergency-access.review"], "clara"),
        new("Security office", ["emergency-access.review", "emergency-access.end"], "uma"),
        new("Data protection officers", ["audit.read", "audit.unseal.approve"], "aude"),

        // Whoever proposes a shredding does not approve it, and two do.
        new("Records retention", ["audit.read", "audit.hold", "audit.shred"], "ada", "aude", "clara"),
        new("Heads of radiology", ["access-requests.decide", "facts.read", "decisions.explain", "policies.approve"], "ada"),
    ];
}
