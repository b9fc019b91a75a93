using System.Text;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Custom roles as policies: what a role's permissions say, in Cedar.</summary>
internal static class RolePolicies
{
    private static readonly EntityUid Reading = new("Action", "read");

    /// <summary>
    /// For each role with permissions the policy <c>role:id</c> for full grants and <c>role:id:read</c> for read-only ones, which has the reading actions only.
    /// A role that only reads has the second alone; full grants are in its readers too.
    /// </summary>
    public static PolicySet Of(IEnumerable<RoleFacts> roles, EntityStore actions)
    {
        var text = new StringBuilder();
        foreach (RoleFacts role in roles.Where(role => !role.Permissions.IsEmpty).OrderBy(role => role.Id, StringComparer.Ordinal))
        {
            string[] reading = [.. role.Permissions.Where(permission => IsReading(permission, actions))];
            if (!role.ReadOnly)
            {
                Write(text, $"{PolicyCompiler.RolePrefix}{role.Id}", "Role", role.Id, role.Permissions);
            }

            if (reading.Length > 0)
            {
                Write(text, $"{PolicyCompiler.RolePrefix}{role.Id}:read", "Reader", role.Id, reading);
            }
        }

        return PolicySet.Parse(text.ToString(), "roles", policy => policy.Annotations["id"]);
    }

    /// <summary>Ids and permissions are checked where roles are defined: they hold nothing that would have to be escaped here.</summary>
    private static void Write(StringBuilder text, string policyId, string group, string role, IEnumerable<string> permissions) => text
        .Append("@id(\"").Append(policyId).Append("\")\npermit (principal in ").Append(group).Append("::\"").Append(role)
        .Append("\", action in [").AppendJoin(", ", permissions.Select(permission => $"Action::\"{permission}\"")).Append("], resource);\n");

    private static bool IsReading(string permission, EntityStore actions) =>
        permission == Reading.Id || actions.IsDescendant(new EntityUid("Action", permission), Reading);
}
