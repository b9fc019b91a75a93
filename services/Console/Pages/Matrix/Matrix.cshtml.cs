using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Matrix;

/// <summary>The matrix as a picture: actions by roles, with what nobody used hatched.</summary>
internal sealed class MatrixModel(PermissionMatrices matrices) : PageModel
{
    public PermissionMatrices.PermissionMatrix Matrix { get; private set; } = null!;

    public IReadOnlySet<(string Role, string Action)> Unused { get; private set; } = new HashSet<(string, string)>();

    /// <summary>Whether it could be told what was used; if not, nothing is hatched and nothing claimed.</summary>
    public bool KnowsUse { get; private set; }

    [BindProperty(SupportsGet = true)]
    public int Days { get; set; } = 90;

    public IReadOnlyList<string> Roles => [.. Matrix.Cells.Where(cell => cell.IsRight).Select(cell => cell.Role).Distinct(StringComparer.Ordinal)];

    /// <summary>The actions with their cells by role; what no role gives is left out.</summary>
    public IEnumerable<(string Action, IReadOnlyDictionary<string, PermissionMatrices.Cell> ByRole)> Rows => Matrix.Cells
        .Where(cell => cell.IsRight).GroupBy(cell => cell.Action, StringComparer.Ordinal).OrderBy(row => row.Key, StringComparer.Ordinal)
        .Select(row => (row.Key, (IReadOnlyDictionary<string, PermissionMatrices.Cell>)row.ToDictionary(cell => cell.Role, StringComparer.Ordinal)));

    public int RightCount => Matrix.Cells.Count(cell => cell.IsRight);

    public bool IsUnused(PermissionMatrices.Cell cell) => Unused.Contains((cell.Role, cell.Action));

    /// <summary>What a cell says, in words.</summary>
    public string Words(PermissionMatrices.Cell cell)
    {
        string given = PermissionMatrices.NameOf(PermissionMatrices.IsGiven(cell.Full) ? cell.Full : cell.ReadOnly);
        string grants = PermissionMatrices.IsGiven(cell.ReadOnly) ? "" : ", not for read-only grants";
        return given + grants + (IsUnused(cell) ? $", used by nobody in {Days} days" : "");
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<PermissionMatrices.PermissionMatrix> matrix = await matrices.ReadAsync(null, cancellation);
        if (!matrix.Given)
        {
            return await this.RefuseAsync(matrix.Refusal);
        }

        Answer<PermissionMatrices.UnusedRights> unused = await matrices.UnusedAsync(Days, cancellation);
        Matrix = matrix.Value;
        if (unused.Given)
        {
            KnowsUse = true;
            Unused = unused.Value.Rights.Select(right => (right.Role, right.Action)).ToHashSet();
        }
        else
        {
            this.Tell(unused.Refusal);
        }

        return Page();
    }
}
