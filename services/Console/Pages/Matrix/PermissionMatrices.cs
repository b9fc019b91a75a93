using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Matrix;

/// <summary>The permission matrix, what nobody used of it, and what changed.</summary>
internal sealed class PermissionMatrices(HttpClient http)
{
    public sealed record PermissionMatrix(
        DateTimeOffset At, int PolicySetVersion, IReadOnlyList<Cell> Cells, IReadOnlyList<RoleScope> Scopes);

    public sealed record Cell(
        string Role, string Action, string Full, string ReadOnly, IReadOnlyList<string> Permits, IReadOnlyList<string> Forbids)
    {
        public bool IsRight => IsGiven(Full) || IsGiven(ReadOnly);
    }

    public sealed record RoleScope(string Role, string Scope, int Subjects, int Grants);

    public sealed record UnusedRights(DateTimeOffset Since, IReadOnlyList<UnusedRight> Rights);

    public sealed record UnusedRight(string Role, string Action, int Holders);

    public sealed record Difference(
        DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CellChange> Cells, IReadOnlyList<ScopeChange> Scopes);

    public sealed record CellChange(string Role, string Action, Verdicts? Before, Verdicts? After)
    {
        /// <summary>Before and after in words, which are the same where a role is new that does not give the right.</summary>
        public (string Before, string After) InWords => (Verdicts.NameOf(Before), Verdicts.NameOf(After));
    }

    public sealed record Verdicts(string Full, string ReadOnly)
    {
        public static string NameOf(Verdicts? verdicts) => PermissionMatrices.NameOf(verdicts?.Full)
            + (verdicts is { } given && given.ReadOnly != given.Full
                ? $"; for read-only grants {PermissionMatrices.NameOf(given.ReadOnly)}" : "");
    }

    public sealed record ScopeChange(string Role, string Scope, int SubjectsBefore, int SubjectsAfter, int GrantsBefore, int GrantsAfter);

    public Task<Answer<PermissionMatrix>> ReadAsync(string? at, CancellationToken cancellation) =>
        http.AskAsync<PermissionMatrix>($"permission-matrix{Query.Of(("at", at))}", cancellation);

    public Task<Answer<UnusedRights>> UnusedAsync(int days, CancellationToken cancellation) =>
        http.AskAsync<UnusedRights>($"permission-matrix/unused{Query.Of(("days", $"{days}"))}", cancellation);

    public Task<Answer<Difference>> CompareAsync(string? from, string? to, CancellationToken cancellation) =>
        http.AskAsync<Difference>($"permission-matrix/difference{Query.Of(("from", from), ("to", to))}", cancellation);

    /// <summary>A verdict under which somebody may act.</summary>
    public static bool IsGiven(string verdict) => verdict is "Permitted" or "PermittedUnderConditions";

    /// <summary>A verdict in words.</summary>
    public static string NameOf(string? verdict) => verdict switch
    {
        "Permitted" => "permitted",
        "PermittedUnderConditions" => "permitted under conditions",
        "Forbidden" => "forbidden",
        _ => "not permitted",
    };
}
