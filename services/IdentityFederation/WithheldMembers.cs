using AccessGov.TrailFeed;

namespace AccessGov.IdentityFederation;

/// <summary>What of the service's events the audit trail is not told: it opens something, or helps to guess what does.</summary>
internal static class WithheldMembers
{
    public static Withheld OfEvents { get; } = new(new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["client_secret_rotated"] = ["SecretSha256"],
        ["signing_key_announced"] = ["Sealed"],
        ["enrolment_link_issued"] = ["TokenSha256"],
        ["enrolment_link_used"] = ["TokenSha256"],
        ["session_started"] = ["KeySha256"],
        ["session_stepped_up"] = ["KeySha256"],
    });
}
