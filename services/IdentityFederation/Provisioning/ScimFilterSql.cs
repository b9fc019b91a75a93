using Npgsql;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>Where an attribute stands in a table.</summary>
/// <param name="Sql">The expression; its null is what is absent.</param>
internal sealed record ScimColumn(string Sql)
{
    /// <summary>
    /// For attributes whose letter case matters not: the expression that is indexed and compared with eq, and what makes it of a parameter.
    /// </summary>
    public (string Sql, Func<string, string> Of)? Key { get; init; }

    /// <summary>For several values: the rows of them, up to and including the word that a condition follows.</summary>
    public string? Rows { get; init; }

    /// <summary>For several values: their parts.</summary>
    public IReadOnlyDictionary<string, ScimColumn> Parts { get; init; } = new Dictionary<string, ScimColumn>(StringComparer.Ordinal);
}

/// <summary>
/// Turns filters into conditions of SQL, so that an index answers what it can. What has no column remains to be asked of the resources
/// themselves.
/// Texts of callers are parameters, never SQL.
/// </summary>
internal sealed class ScimFilterSql(IReadOnlyDictionary<string, ScimColumn> columns, NpgsqlParameterCollection parameters)
{
    /// <summary>The condition that is the same as the filter; null when there is none.</summary>
    public string? Whole(ScimFilter filter)
    {
        int before = parameters.Count;
        string? sql = Of(filter, columns);
        while (sql is null && parameters.Count > before)
        {
            parameters.RemoveAt(parameters.Count - 1);
        }

        return sql;
    }

    /// <summary>A condition that holds wherever the filter holds, and maybe elsewhere.</summary>
    public string Necessary(ScimFilter filter) => filter is ScimFilter.And and
        ? string.Join(" and ", and.Parts.Select(Whole).OfType<string>().DefaultIfEmpty("true"))
        : Whole(filter) ?? "true";

    /// <summary>The order that a list is sorted in; null when the table does not know it.</summary>
    public static string? Order(ScimPath path, bool descending, IReadOnlyDictionary<string, ScimColumn> columns) =>
        columns.TryGetValue(path.Name, out ScimColumn? column) && column.Rows is null && path.Compared is { } compared
            ? $"{Sorted(column, compared)} {(descending ? "desc nulls first" : "asc nulls last")}, id"
            : null;

    // Null counts as false where a condition is asked for; only its opposite must make that explicit.
    private string? Of(ScimFilter filter, IReadOnlyDictionary<string, ScimColumn> known) => filter switch
    {
        ScimFilter.And and => All(and.Parts, " and ", known),
        ScimFilter.Or or => All(or.Parts, " or ", known),
        ScimFilter.Not not => Of(not.Inner, known) is { } inner ? $"not coalesce({inner}, false)" : null,
        ScimFilter.Some some => Of(some.Path, known, _ => "true"),
        ScimFilter.Compare compare => Of(compare, known),
        _ => null,
    };

    private string? All(IReadOnlyList<ScimFilter> filters, string word, IReadOnlyDictionary<string, ScimColumn> known)
    {
        string?[] conditions = [.. filters.Select(filter => Of(filter, known))];
        return conditions.Contains(null) ? null : $"({string.Join(word, conditions)})";
    }

    private string? Of(ScimFilter.Compare compare, IReadOnlyDictionary<string, ScimColumn> known) => compare switch
    {
        { Operator: ScimOperator.Eq, Value: null } => Of(compare.Path, known, column => $"{column.Sql} is not null") is { } there
            ? $"not coalesce({there}, false)" : null,
        { Operator: ScimOperator.Pr } or { Value: null } => Of(compare.Path, known, column => $"{column.Sql} is not null"),
        { Operator: ScimOperator.Ne, Path.Attribute.Many: false } => Of(compare with { Operator = ScimOperator.Eq }, known) is { } same
            ? $"not coalesce({same}, false)" : null,
        _ => Of(compare.Path, known, column => Condition(column, compare)),
    };

    // A path to one of several values is a question about the rows of them.
    private string? Of(ScimPath path, IReadOnlyDictionary<string, ScimColumn> known, Func<ScimColumn, string> condition)
    {
        string name = $"{(path.Extension is null ? "" : $"{path.Extension}:")}{path.Attribute!.Name}";
        if (known.TryGetValue(name, out ScimColumn? several) && several.Rows is not null)
        {
            string? among = path.Among is null ? "true" : Of(path.Among, several.Parts);
            string? part = path.Part?.Name ?? (path.Among is null ? "value" : null);
            string? asked = part is null ? condition(new ScimColumn("true"))
                : several.Parts.TryGetValue(part, out ScimColumn? column) ? condition(column) : null;
            return among is null || asked is null ? null : $"exists ({several.Rows} {among} and {asked})";
        }

        return path.Among is null && known.TryGetValue(path.Name, out ScimColumn? single) ? condition(single) : null;
    }

    private string Condition(ScimColumn column, ScimFilter.Compare compare)
    {
        string value = $"${parameters.Count + 1}";
        parameters.Add(new NpgsqlParameter { Value = compare.Value! });
        if (compare.Value is not string)
        {
            return $"{column.Sql} {Sign(compare.Operator)} {value}";
        }

        if (column.Key is { } key && compare.Operator == ScimOperator.Eq)
        {
            return $"{key.Sql} = {key.Of(value)}";
        }

        bool exact = compare.Path.Compared is { CaseExact: true };
        (string text, string wanted) = exact ? (column.Sql, value) : ($"lower({column.Sql})", $"lower({value})");
        return compare.Operator switch
        {
            ScimOperator.Co => $"strpos({text}, {wanted}) > 0",
            ScimOperator.Sw => $"starts_with({text}, {wanted})",
            ScimOperator.Ew => $"right({text}, length({wanted})) = {wanted}",
            _ => $"({text}) collate \"C\" {Sign(compare.Operator)} {wanted}",
        };
    }

    private static string Sorted(ScimColumn column, ScimAttribute attribute) => attribute switch
    {
        { Kind: ScimKind.Boolean or ScimKind.Instant } or { CaseExact: true } => column.Sql,
        _ => $"lower({column.Sql}) collate \"C\"",
    };

    private static string Sign(ScimOperator comparison) => comparison switch
    {
        ScimOperator.Eq => "=",
        ScimOperator.Ne => "<>",
        ScimOperator.Gt => ">",
        ScimOperator.Ge => ">=",
        ScimOperator.Lt => "<",
        ScimOperator.Le => "<=",
        _ => throw new InvalidOperationException($"{comparison} has no sign in SQL."),
    };
}
