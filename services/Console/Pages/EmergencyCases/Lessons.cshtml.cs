using System.Security.Cryptography;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>What emergencies that were justified teach: which role lacks what, and a draft of a policy that would spare them.</summary>
internal sealed class LessonsModel(ReviewedEmergencies cases, SignedInPerson viewer) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty]
    public string? Role { get; set; }

    [BindProperty]
    public string? Department { get; set; }

    /// <summary>The time that the lesson was read from, which its draft is written from.</summary>
    [BindProperty]
    public string? Since { get; set; }

    [BindProperty]
    public string? Until { get; set; }

    [BindProperty]
    public string? Key { get; set; }

    public EmergencyLessons? Learnt { get; private set; }

    public bool MayPropose => viewer.May("policies.manage");

    public bool MayGive => viewer.May("grants.manage");

    public string Here => $"/emergency-cases/lessons{Query.Of(("From", From), ("To", To))}";

    /// <summary>What the most cases have in common.</summary>
    public string Sentence => Learnt!.Lessons.MaxBy(lesson => lesson.Cases) is { } most
        ? $"{most.InWords} comes first, with {Shown.Count(most.Cases, "case")} of {Shown.Count(most.People, "person", "people")}."
        : "";

    /// <summary>Of a form: sent twice, it writes one draft.</summary>
    public static string NewKey() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<EmergencyLessons> learnt = await cases.LearnAsync(UtcMinute.Sent(From), UtcMinute.Sent(To), cancellation);
        if (learnt.Given)
        {
            Learnt = learnt.Value;
            (From, To) = (From ?? UtcMinute.Field(Learnt.From), To ?? UtcMinute.Field(Learnt.To));
            return Page();
        }

        // What is wrong with the question is told beside its form.
        if (learnt.Refusal.Status == StatusCodes.Status400BadRequest)
        {
            this.Tell(learnt.Refusal);
            return Page();
        }

        return await this.RefuseAsync(learnt.Refusal);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Answer<EmergencyLessons.Written> written = await cases.ProposeAsync(
            Role ?? "", Department ?? "", Since, Until, Key, cancellation);
        if (written.Given)
        {
            TempData["Notice"] = "The draft is written. Check it; somebody else approves it.";
            return Redirect($"/policies/drafts/{Uri.EscapeDataString(written.Value.Id)}");
        }

        if (written.Refusal.EndsSession)
        {
            return await this.RefuseAsync(written.Refusal);
        }

        this.Tell(written.Refusal);
        return await OnGetAsync(cancellation);
    }
}
