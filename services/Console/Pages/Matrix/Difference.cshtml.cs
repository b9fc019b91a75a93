using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Matrix;

/// <summary>What has changed in the matrix between two instants; since the end of last quarter unless said.</summary>
internal sealed class DifferenceModel(PermissionMatrices matrices) : PageModel
{
    /// <summary>A day or an instant (UTC).</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    public PermissionMatrices.Difference? Difference { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<PermissionMatrices.Difference> difference = await matrices.CompareAsync(Instant(From), Instant(To), cancellation);
        if (difference.Given)
        {
            Difference = difference.Value with
            {
                Cells = [.. difference.Value.Cells.Where(cell => cell.InWords.Before != cell.InWords.After)],
            };
            From ??= $"{Difference.From.UtcDateTime:yyyy-MM-ddTHH:mm}";
            return Page();
        }

        // An instant that cannot be asked for is told beside the form.
        if (difference.Refusal.Status is 400 or 404 or 409)
        {
            this.Tell(difference.Refusal);
            return Page();
        }

        return await this.RefuseAsync(difference.Refusal);
    }

    private static string? Instant(string? given) => given is { Length: 16 } ? $"{given}:00Z" : given;
}
