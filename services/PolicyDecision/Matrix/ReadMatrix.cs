using System.Text;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.TimeTravel;

namespace AccessGov.PolicyDecision.Matrix;

/// <summary>Role by action by scope, at an instant or now, as JSON or CSV; and what differs between two instants, unless said since the end of last quarter.</summary>
internal sealed class ReadMatrix(Matrices matrices, Instants instants, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/permission-matrix", (ReadMatrix read, CancellationToken cancellation, string? at, string? format) => read.OneAsync(at, format, cancellation))
            .RequireAuthorization("facts.read");
        routes.MapGet("/permission-matrix/difference", (ReadMatrix read, CancellationToken cancellation, string? from, string? to) => read.DifferenceAsync(from, to, cancellation))
            .RequireAuthorization("facts.read");
    }

    /// <summary>The instants that a matrix is made of; one that is left out is now.</summary>
    public async Task<Outcome<PermissionMatrix>> OfAsync(CancellationToken cancellation, params (string Name, string? Text)[] given)
    {
        string now = $"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fffffff}Z";
        Outcome<DateTimeOffset> asked = await instants.OfAsync(cancellation, [.. given.Select(one => (one.Name, one.Text ?? now))]);
        if (asked.Refusal() is { } refusal)
        {
            return refusal;
        }

        try
        {
            var made = new List<PermissionMatrix>();
            for (int i = 0; i < given.Length; i++)
            {
                made.Add(await matrices.AtAsync(asked.Value(i), cancellation));
            }

            return Outcome.Of([.. made]);
        }
        catch (ArgumentException tooLarge)
        {
            return new Refusal("matrix_too_large", tooLarge.Message);
        }
    }

    private async Task<IResult> OneAsync(string? at, string? format, CancellationToken cancellation)
    {
        if (format is not (null or "json" or "csv"))
        {
            return Commands.Refuse(new Refusal("request_malformed", "format is json or csv."));
        }

        Outcome<PermissionMatrix> made = await OfAsync(cancellation, ("at", at));
        return made.Refusal() is { } refusal ? Commands.Refuse(refusal)
            : format == "csv" ? Results.Text(Csv(made.Value()), "text/csv", Encoding.UTF8)
            : Results.Json(new { made.Value().At, made.Value().PolicySetVersion, Cells = made.Value().Cells.Select(Of), made.Value().Scopes });
    }

    private async Task<IResult> DifferenceAsync(string? from, string? to, CancellationToken cancellation)
    {
        Outcome<PermissionMatrix> made = await OfAsync(cancellation, ("from", from ?? await instants.SinceAsync(Quarter(clock.GetUtcNow()), cancellation)), ("to", to));
        if (made.Refusal() is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        (PermissionMatrix before, PermissionMatrix after) = (made.Value(0), made.Value(1));
        return before.At > after.At ? Commands.Refuse(new Refusal("span_malformed", "from is not after to.")) : Results.Json(new
        {
            From = before.At,
            To = after.At,
            Cells = Pairs(before.Cells, after.Cells, cell => cell.Key)
                .Where(pair => (pair.Before?.Full, pair.Before?.ReadOnly, pair.Before?.IsRight ?? false) != (pair.After?.Full, pair.After?.ReadOnly, pair.After?.IsRight ?? false))
                .Select(pair => new { (pair.Before ?? pair.After)!.Role, (pair.Before ?? pair.After)!.Action, Before = Verdicts(pair.Before), After = Verdicts(pair.After) }),
            Scopes = Pairs(before.Scopes, after.Scopes, scope => $"{scope.Role}\n{scope.Scope}")
                .Where(pair => pair.Before != pair.After)
                .Select(pair => new
                {
                    (pair.Before ?? pair.After)!.Role, (pair.Before ?? pair.After)!.Scope, SubjectsBefore = pair.Before?.Subjects ?? 0, SubjectsAfter = pair.After?.Subjects ?? 0,
                    GrantsBefore = pair.Before?.Grants ?? 0, GrantsAfter = pair.After?.Grants ?? 0,
                }),
        });
    }

    /// <summary>The end of last quarter, in UTC.</summary>
    private static DateTimeOffset Quarter(DateTimeOffset now) => new(now.UtcDateTime.Year, ((now.UtcDateTime.Month - 1) / 3 * 3) + 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static IEnumerable<(T? Before, T? After)> Pairs<T>(IReadOnlyList<T> before, IReadOnlyList<T> after, Func<T, string> keyOf)
        where T : class
    {
        Dictionary<string, T> old = before.ToDictionary(keyOf, StringComparer.Ordinal);
        Dictionary<string, T> now = after.ToDictionary(keyOf, StringComparer.Ordinal);
        return old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(key => (old.GetValueOrDefault(key), now.GetValueOrDefault(key)));
    }

    private static object? Verdicts(MatrixCell? cell) => cell is null ? null : new { Full = $"{cell.Full}", ReadOnly = $"{cell.ReadOnly}" };

    private static object Of(MatrixCell cell) => new { cell.Role, cell.Action, Full = $"{cell.Full}", ReadOnly = $"{cell.ReadOnly}", cell.Permits, cell.Forbids };

    /// <summary>A line for each right in each scope in which its role is held; a right of a role that nobody holds has an empty scope.</summary>
    private static string Csv(PermissionMatrix matrix)
    {
        ILookup<string, RoleScope> scopes = matrix.Scopes.ToLookup(scope => scope.Role, StringComparer.Ordinal);
        var text = new StringBuilder("role,action,scope,full,readOnly,subjects,permits,forbids\r\n");
        foreach (MatrixCell cell in matrix.Cells.Where(cell => cell.IsRight))
        {
            foreach (RoleScope scope in scopes[cell.Role].DefaultIfEmpty(new RoleScope(cell.Role, "", 0, 0)))
            {
                text.AppendJoin(',', ((string[])
                    [cell.Role, cell.Action, scope.Scope, $"{cell.Full}", $"{cell.ReadOnly}", $"{scope.Subjects}", string.Join(' ', cell.Permits), string.Join(' ', cell.Forbids)]).Select(Field)).Append("\r\n");
            }
        }

        return text.ToString();
    }

    // A spreadsheet would take such a text for a formula.
    private static string Field(string text) =>
        $"\"{(text.Length > 0 && text[0] is ('=' or '+' or '-' or '@') ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
