using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>A file of a version of a set, to read.</summary>
internal sealed class SetFileModel(PolicySets sets) : PageModel
{
    public PolicySets.SetText Text { get; private set; } = null!;

    public PolicyFile Opened { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string name, int version, string file, CancellationToken cancellation)
    {
        Answer<PolicySets.SetText> text = await sets.ReadTextAsync(name, version, cancellation);
        if (!text.Given)
        {
            return await this.RefuseAsync(text.Refusal);
        }

        if (text.Value.Files.FirstOrDefault(one => one.Name == file) is not { } found)
        {
            return NotFound();
        }

        (Text, Opened) = (text.Value, found);
        return Page();
    }
}
