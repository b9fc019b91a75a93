using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;

namespace AccessGov.PolicyDecision.Administration;

/// <summary>
/// Which action a scope stands for: whoever uses the scope must also be permitted the action. No role should hold two of the first three, so that nobody is a superuser.
/// </summary>
internal static class AdministrativeActions
{
    public const string ManageUsers = "user.manage";
    public const string Configure = "system.configure";
    public const string ReviewAudit = "audit.review";

    /// <summary>Deciding other people's requests: its own action, because whoever a role names as approver is no user administrator.</summary>
    public const string ApproveAccess = "access.approve";

    private static readonly FrozenDictionary<string, string> OfScope = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["grants.manage"] = ManageUsers,
        ["relations.manage"] = ManageUsers,
        ["roles.manage"] = Configure,
        ["sites.manage"] = Configure,
        ["policies.manage"] = Configure,
        ["policies.approve"] = Configure,
        ["journal.read"] = ReviewAudit,
        ["access-requests.decide"] = ApproveAccess,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The action that an endpoint's scope stands for; null for one that is not administrative.</summary>
    public static string? Of(Endpoint? endpoint)
    {
        foreach (IAuthorizeData demand in endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>() ?? [])
        {
            if (demand.Policy is { } scope && OfScope.TryGetValue(scope, out string? action))
            {
                return action;
            }
        }

        return null;
    }
}
