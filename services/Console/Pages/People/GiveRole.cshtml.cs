using System.Security.Cryptography;
using AccessGov.Console.Pages.EmergencyCases;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.People;

/// <summary>
/// PolicyDecision's command that gives a role, as a form. A link may fill it in, as what emergencies teach does; a person with the right sends
/// it.
/// </summary>
internal sealed class GiveRoleModel(GivenRoles roles, SignedInPerson viewer) : PageModel
{
    public static readonly (string Kind, string Words)[] Kinds =
    [
        ("department", "in a department"), ("site", "at a site"), ("patient", "for one patient"), ("everywhere", "everywhere"),
    ];

    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Role { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Kind { get; set; } = Kinds[0].Kind;

    [BindProperty(SupportsGet = true)]
    public string? Where { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool ReadOnly { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Until { get; set; }

    /// <summary>Of the form, however often it is shown: sent again after an answer that was lost, it gives one grant.</summary>
    [BindProperty]
    public string? Key { get; set; }

    public bool MayGive => viewer.May("grants.manage");

    public void OnGet() => Key = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Answer<GivenRoles.Given> given = await roles.GiveAsync(
            new GivenRoles.Wanted(
                Person ?? "", Role ?? "", Kind, string.IsNullOrWhiteSpace(Where) ? null : Where,
                string.IsNullOrWhiteSpace(Until) ? null : UtcMinute.Sent(Until), ReadOnly, Reason ?? ""), Key, cancellation);
        if (given.Given)
        {
            TempData["Notice"] = $"{Person} has the role {Role} now.";
            return Redirect(viewer.May("people.read") ? $"/people/{Uri.EscapeDataString(Person!)}" : "/grants/new");
        }

        if (given.Refusal.EndsSession)
        {
            return await this.RefuseAsync(given.Refusal);
        }

        this.Tell(given.Refusal);
        return Page();
    }
}
