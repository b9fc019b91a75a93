using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.TimeTravel;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Matrix;

/// <summary>Makes the permission matrix of any instant: the policies and roles of then, and the grants that held then.</summary>
internal sealed class Matrices(FactHistory history, NpgsqlDataSource database)
{
    /// <exception cref="ArgumentException">There are more roles and actions than a matrix is made of; the message names the bound.</exception>
    public async Task<PermissionMatrix> AtAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        FactsSnapshot facts = (await history.AtAsync(at, cancellation)).Snapshot();
        return new PermissionMatrix(at, facts.Policies?.Version ?? 0, PermissionMatrix.CellsOf(facts), await ScopesAsync(at, [.. facts.Roles.Keys], cancellation));
    }

    /// <summary>Where the grants of these roles held. Patients are counted together: a matrix is about roles, not about who is ill.</summary>
    private async Task<IReadOnlyList<RoleScope>> ScopesAsync(DateTimeOffset at, string[] roles, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select role, case when scope like 'patient/%' then 'patient' else scope end as place, count(distinct subject)::int, count(*)::int from fact_interval
            where kind = 'grant' and role = any ($2) and opened_at <= $1 and (ended_at is null or $1 < ended_at) and holds_from <= $1 and (holds_until is null or $1 < holds_until)
            group by 1, 2 order by role collate "C", 2
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at.ToUniversalTime() });
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, roles);
        return await ReadModelRows.ReadAsync(command, row => new RoleScope(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3)), cancellation);
    }
}
