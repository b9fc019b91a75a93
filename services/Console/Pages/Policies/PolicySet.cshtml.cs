using System.Security.Cryptography;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>One set: what is in force, what was, and where a draft or the way back begins.</summary>
internal sealed class PolicySetModel(PolicySets sets, PolicyDrafts drafts) : PageModel
{
    public PolicySets.PolicySet Set { get; private set; } = null!;

    public PolicySets.SetText Text { get; private set; } = null!;

    [BindProperty]
    public string? Comment { get; set; }

    /// <summary>A form that is sent twice writes one draft.</summary>
    [BindProperty]
    public string Key { get; set; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken cancellation) =>
        await ReadAsync(name, cancellation) is { } refusal ? await this.RefuseAsync(refusal) : Page();

    /// <summary>A draft begins as the text in force.</summary>
    public async Task<IActionResult> OnPostDraftAsync(string name, CancellationToken cancellation)
    {
        if (await ReadAsync(name, cancellation) is { } unreadable)
        {
            return await this.RefuseAsync(unreadable);
        }

        Answer<PolicyDrafts.Created> written = await drafts.WriteAsync(name, Text.Files, Comment ?? "", Key, cancellation);
        if (written.Given)
        {
            TempData["Notice"] = "The draft is written. Change its files, then check it.";
            return Redirect($"/policies/drafts/{written.Value.Id}");
        }

        this.Tell(written.Refusal);
        return Page();
    }

    public async Task<IActionResult> OnPostRollBackAsync(string name, int version, CancellationToken cancellation)
    {
        Answer<Done> done = await sets.RollBackAsync(name, version, cancellation);
        if (done.Given)
        {
            TempData["Notice"] = $"Version {version} is in force again.";
            return Redirect($"/policies/sets/{name}");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(name, cancellation);
    }

    private async Task<Refusal?> ReadAsync(string name, CancellationToken cancellation)
    {
        Answer<PolicySets.PolicySet> set = await sets.ReadAsync(name, cancellation);
        if (!set.Given)
        {
            return set.Refusal;
        }

        Answer<PolicySets.SetText> text = await sets.ReadTextAsync(name, set.Value.Version, cancellation);
        (Set, Text) = (set.Value, text.Value!);
        return text.Refusal;
    }
}
