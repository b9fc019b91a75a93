namespace AccessGov.Console.Pages.People;

/// <summary>What scopes permit, for people.</summary>
internal static class ScopesInWords
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["policies.manage"] = "write, check and publish policies",
        ["policies.approve"] = "approve policies that others wrote",
        ["facts.read"] = "read policies, roles and grants",
        ["roles.manage"] = "define roles",
        ["grants.manage"] = "give and take roles",
        ["relations.manage"] = "say who treats whom",
        ["sites.manage"] = "define sites and networks",
        ["studies.feed"] = "tell which studies there are",
        ["journal.read"] = "read who accessed what",
        ["patients.read"] = "see the ids of patients in the journal",
        ["decisions.evaluate"] = "ask for decisions",
        ["decisions.explain"] = "ask why something was decided",
        ["access-requests.ask"] = "ask for access after a denial",
        ["access-requests.decide"] = "decide what others ask for",
        ["emergency-access.invoke"] = "take emergency access to a patient's images",
        ["emergency-access.review"] = "review the emergency access of others",
        ["emergency-access.end"] = "end the emergency access of others",
        ["emergency-access.check"] = "ask who may take emergency access",
        ["emergency-access.merge"] = "tell what was opened while AccessGov could not be asked",
        ["emergency-access.station"] = "fetch the emergency access of a station",
        ["campaigns.manage"] = "run campaigns that ask what people still need",
        ["reviews.decide"] = "judge what others have, where they are asked",
        ["reviews.apply"] = "carry out what reviewers decided",
        ["reviews.gather"] = "gather what is to be judged in a campaign",
        ["images.open"] = "open images that the policies permit",
        ["organisations.manage"] = "define organisations",
        ["people.read"] = "look people up",
        ["people.manage"] = "change people and give them enrolment links",
        ["people.suspend"] = "suspend and reinstate people",
        ["scopes.assign"] = "say what groups may do",
        ["sessions.own"] = "see and end one's own sessions",
        ["sessions.read"] = "see the sessions of others",
        ["sessions.manage"] = "end the sessions of others",
        ["clearances.read"] = "see which clearances are on file",
        ["clearances.write"] = "put clearances of others on file",
        ["clients.manage"] = "register programs",
        ["keys.manage"] = "rotate the keys that sign tokens",
        ["directories.read"] = "see how directories are synchronised",
        ["directories.manage"] = "have directories synchronised",
        ["scim"] = "provision people and groups",
        ["audit.read"] = "read the audit trail",
        ["audit.append"] = "send events to the audit trail",
        ["audit.unseal"] = "open what is sealed in the audit trail",
        ["audit.unseal.approve"] = "let others open what is sealed",
        ["audit.hold"] = "forbid that anything in the audit trail is shredded, and permit it again",
        ["audit.shred"] = "propose and approve that keys of the audit trail are destroyed",
        ["audit.keys"] = "begin new epochs of the audit trail's keys",
        ["audit.export"] = "leave out events that export destinations refuse",
        ["tokens.introspect"] = "check tokens of others",
    };

    // They say who somebody is, and permit nothing.
    private static readonly HashSet<string> OfOpenId = new(StringComparer.Ordinal) { "openid", "profile", "offline_access" };

    /// <summary>The scopes that permit something, each with its words where there are some.</summary>
    public static IEnumerable<(string Scope, string? Words)> Of(IEnumerable<string> scopes) =>
        scopes.Where(scope => !OfOpenId.Contains(scope)).Select(scope => (scope, Words.GetValueOrDefault(scope)));
}
