using System.Collections.Frozen;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Matrix;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>
/// Which actions the grants of a role give, by the policies and roles of now. Made once for each of them: a campaign asks page after page.
/// Thread-safe.
/// </summary>
internal sealed class RoleRights
{
    private Known? known;

    /// <exception cref="ArgumentException">There are more roles and actions than a matrix is made of; the message names the bound.</exception>
    public FrozenDictionary<string, MatrixCell[]> Of(FactsSnapshot snapshot)
    {
        Known? before = Volatile.Read(ref known);
        if (before is not null && ReferenceEquals(before.Policies, snapshot.Policies) && ReferenceEquals(before.Roles, snapshot.Roles))
        {
            return before.Cells;
        }

        var made = new Known(
            snapshot.Policies, snapshot.Roles,
            PermissionMatrix.CellsOf(snapshot).Where(cell => cell.IsRight).GroupBy(cell => cell.Role, StringComparer.Ordinal)
                .ToFrozenDictionary(role => role.Key, role => role.ToArray(), StringComparer.Ordinal));
        Volatile.Write(ref known, made);
        return made.Cells;
    }

    private sealed record Known(object? Policies, object Roles, FrozenDictionary<string, MatrixCell[]> Cells);
}
