using System.Text.Json.Nodes;
using Npgsql;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>
/// A directory's table as SCIM's lists ask for it: the database filters, sorts and cuts what it knows, the rest is done in memory.
/// </summary>
/// <param name="Name">The table.</param>
/// <param name="Selected">What is read of it.</param>
/// <param name="Columns">Where the attributes stand.</param>
/// <param name="Read">Reads a row.</param>
/// <param name="IdOf">The id of an entry.</param>
internal sealed record ScimTable<TEntry>(
    string Name, string Selected, IReadOnlyDictionary<string, ScimColumn> Columns, Func<NpgsqlDataReader, TEntry> Read,
    Func<TEntry, string> IdOf)
    where TEntry : notnull
{
    /// <summary>So many entries are looked at in memory; a filter that leaves more is refused instead of filling it.</summary>
    private const int CandidatesMax = 60_000;

    /// <param name="database">Where the table is.</param>
    /// <param name="organisation">Of this organisation only.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="resourcesOf">Entries as resources in full, for what the table cannot answer.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<(long Total, IReadOnlyList<TEntry> Page)> ReadAsync(
        NpgsqlDataSource database, string organisation, ScimQuery query,
        Func<IReadOnlyList<TEntry>, Task<IReadOnlyList<JsonObject>>> resourcesOf,
        CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand();
        command.Parameters.Add(new() { Value = organisation });
        var sql = new ScimFilterSql(Columns, command.Parameters);
        string? whole = query.Filter is null ? "true" : sql.Whole(query.Filter);
        string? order = query.SortBy is null ? "id" : ScimFilterSql.Order(query.SortBy, query.Descending, Columns);
        if (whole is null || order is null)
        {
            command.CommandText =
                $"""
                select {Selected} from {Name} where organisation = $1 and {whole ?? sql.Necessary(query.Filter!)}
                order by id limit {CandidatesMax + 1}
                """;
            IReadOnlyList<TEntry> candidates = await ReadModelRows.ReadAsync(command, Read, cancellation);
            if (candidates.Count > CandidatesMax)
            {
                throw new ScimException(
                    "tooMany", "No index helps with this filter or order: add a condition on id, userName, externalId or displayName.");
            }

            IReadOnlyList<JsonObject> resources = await resourcesOf(candidates);
            (long found, IReadOnlyList<int> places) = query.In(
                Enumerable.Range(0, candidates.Count), place => resources[place], place => IdOf(candidates[place]));
            return (found, [.. places.Select(place => candidates[place])]);
        }

        string from = $"from {Name} where organisation = $1 and {whole}";
        command.CommandText = $"select {Selected} {from} order by {order} limit {query.Count} offset {query.Start - 1}";
        IReadOnlyList<TEntry> page = query.Count == 0 ? [] : await ReadModelRows.ReadAsync(command, Read, cancellation);
        if (page.Count < query.Count && (page.Count > 0 || query.Start == 1))
        {
            return (query.Start - 1 + page.Count, page);
        }

        command.CommandText = $"select count(*) {from}";
        return ((long)(await command.ExecuteScalarAsync(cancellation))!, page);
    }
}
