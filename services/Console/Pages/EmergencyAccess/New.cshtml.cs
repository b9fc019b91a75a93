using System.Security.Cryptography;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyAccess;

/// <summary>Where a denial's link leads, and whoever needs a patient's images now: one text, one button.</summary>
internal sealed class NewModel(OwnEmergencies own, TimeProvider clock) : PageModel
{
    public EmergencyTerms Terms { get; private set; } = null!;

    /// <summary>What a denial gave along.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Denial { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Study { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Patient { get; set; }

    /// <summary>Whether the link named the patient, so that nobody is asked.</summary>
    [BindProperty]
    public bool PatientIsGiven { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Practice { get; set; }

    [BindProperty]
    public string? ReasonCode { get; set; } = EmergencyInWords.Reasons[0].Code;

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Of the form: sent twice, it takes one emergency access.</summary>
    [BindProperty]
    public string Key { get; set; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Whether it is known whose images they are.</summary>
    public bool IsNamed => !string.IsNullOrEmpty(Denial) || !string.IsNullOrEmpty(Study) || PatientIsGiven;

    /// <summary>The form's address, which names them again, also after another sign-in.</summary>
    public string Here => "/emergency-access/new" + Query.Of(
        ("Denial", Denial), ("Study", Study), ("Patient", PatientIsGiven ? Patient : null));

    /// <summary>Until when at the latest, were the button pressed now.</summary>
    public DateTimeOffset Until => clock.GetUtcNow().AddHours(Terms.Hours);

    public Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        PatientIsGiven = !string.IsNullOrEmpty(Patient);
        return ShowAsync(cancellation);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        // Exactly one says whose images they are; the most certain one counts.
        string? denial = Said(Denial), study = denial is null ? Said(Study) : null;
        Answer<OwnEmergencies.Taken> taken = await own.InvokeAsync(
            new(ReasonCode ?? "", Reason ?? "", denial is null && study is null ? Said(Patient) : null, study, denial, Practice), Key,
            cancellation);
        if (taken.Given)
        {
            return Redirect($"/emergency-access/{Uri.EscapeDataString(taken.Value.Id)}");
        }

        if (taken.Refusal.EndsSession)
        {
            return await this.RefuseAsync(taken.Refusal);
        }

        this.Tell(taken.Refusal);
        return await ShowAsync(cancellation);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellation)
    {
        Answer<EmergencyTerms> terms = await own.TermsAsync(cancellation);
        if (!terms.Given)
        {
            return await this.RefuseAsync(terms.Refusal);
        }

        Terms = terms.Value;
        return Page();
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
