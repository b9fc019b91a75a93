using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>A file of a draft as text, with what the last check found beside its lines.</summary>
internal sealed class DraftFileModel(PolicyDrafts drafts) : PageModel
{
    public PolicyDrafts.Draft Draft { get; private set; } = null!;

    /// <summary>The file; empty and without a name where a new one is written.</summary>
    public PolicyFile Opened { get; private set; } = new("", "");

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>The version of the draft that is shown: a newer one is not overwritten.</summary>
    [BindProperty]
    public string? Version { get; set; }

    public IEnumerable<(Finding Finding, bool IsError)> Findings => Draft.Findings.Where(found => found.Finding.File == Opened.Name);

    public async Task<IActionResult> OnGetAsync(string id, string? file, CancellationToken cancellation)
    {
        Answer<PolicyDrafts.Draft> draft = await drafts.ReadAsync(id, cancellation);
        if (!draft.Given)
        {
            return await this.RefuseAsync(draft.Refusal);
        }

        Draft = draft.Value;
        Version ??= draft.Version;
        if (file is null)
        {
            return Page();
        }

        if (Draft.Files.FirstOrDefault(one => one.Name == file) is not { } found)
        {
            return NotFound();
        }

        Opened = found;
        return Page();
    }

    public Task<IActionResult> OnPostSaveAsync(string id, string? file, CancellationToken cancellation) => RewriteAsync(
        id, file, files => [.. files.Where(one => one.Name != file), new PolicyFile(file ?? Name?.Trim() ?? "", LinesAsBefore(files.FirstOrDefault(one => one.Name == file)))],
        "The file is saved. Check the draft when you are done.", cancellation);

    public Task<IActionResult> OnPostRemoveAsync(string id, string file, CancellationToken cancellation) => RewriteAsync(
        id, file, files => [.. files.Where(one => one.Name != file)], $"The file {file} is removed.", cancellation);

    private async Task<IActionResult> RewriteAsync(
        string id, string? file, Func<IReadOnlyList<PolicyFile>, IReadOnlyList<PolicyFile>> change, string notice, CancellationToken cancellation)
    {
        Answer<PolicyDrafts.Draft> draft = await drafts.ReadAsync(id, cancellation);
        if (!draft.Given)
        {
            return await this.RefuseAsync(draft.Refusal);
        }

        IReadOnlyList<PolicyFile> files = [.. change(draft.Value.Files).OrderBy(one => one.Name, StringComparer.Ordinal)];
        Answer<Done> done = await drafts.RewriteAsync(id, files, draft.Value.Comment, null, Version, cancellation);
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect($"/policies/drafts/{id}");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, file, cancellation);
    }

    /// <summary>Browsers send every line with CR and LF: the file keeps the ends that it has.</summary>
    private string LinesAsBefore(PolicyFile? before)
    {
        string text = (Text ?? "").Replace("\r\n", "\n", StringComparison.Ordinal);
        return before?.Text.Contains("\r\n", StringComparison.Ordinal) == true ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;
    }
}
