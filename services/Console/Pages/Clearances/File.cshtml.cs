using AccessGov.Console.Pages.People;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Clearances;

/// <summary>Puts a clearance of somebody on file, or withdraws it.</summary>
internal sealed class FileModel(FiledClearances clearances, KnownPeople people) : PageModel
{
    public KnownPeople.Person Person { get; private set; } = null!;

    public FiledClearances.Clearance Clearance { get; private set; } = null!;

    public string Called => Person.Profile?.Called ?? Person.Id;

    [BindProperty]
    public string? CompletedOn { get; set; }

    [BindProperty]
    public string? ValidUntil { get; set; }

    [BindProperty]
    public string? Reference { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>The version of the person that was seen.</summary>
    [BindProperty]
    public string? Version { get; set; }

    public async Task<IActionResult> OnGetAsync(string id, string kind, CancellationToken cancellation)
    {
        Task<Answer<KnownPeople.Person>> asked = people.ReadAsync(id, cancellation);
        Answer<FiledClearances.Page> found = await clearances.OfAsync(id, cancellation);
        Answer<KnownPeople.Person> person = await asked;
        if ((person.Refusal ?? found.Refusal) is { } refusal)
        {
            return await this.RefuseAsync(refusal);
        }

        if (found.Value!.Clearances.FirstOrDefault(clearance => clearance.Kind == kind) is not { } clearance)
        {
            return NotFound();
        }

        (Person, Version, Clearance) = (person.Value!, person.Version, clearance);
        return Page();
    }

    public async Task<IActionResult> OnPostFileAsync(string id, string kind, CancellationToken cancellation)
    {
        var paper = new FiledClearances.Paper(
            CompletedOn?.Trim() ?? "", string.IsNullOrWhiteSpace(ValidUntil) ? null : ValidUntil.Trim(), Reference ?? "");
        return await AfterAsync(
            id, kind, await clearances.FileAsync(id, kind, paper, Version, cancellation), "is on file", cancellation);
    }

    public async Task<IActionResult> OnPostWithdrawAsync(string id, string kind, CancellationToken cancellation) => await AfterAsync(
        id, kind, await clearances.WithdrawAsync(id, kind, Reason ?? "", Version, cancellation), "is withdrawn", cancellation);

    private async Task<IActionResult> AfterAsync(string id, string kind, Answer<Done> done, string what, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = $"The {FiledClearances.NameOf(kind)} {what}.";
            return Redirect($"/people/{Uri.EscapeDataString(id)}#clearances");
        }

        if (done.Refusal.EndsSession)
        {
            return await this.RefuseAsync(done.Refusal);
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, kind, cancellation);
    }
}
