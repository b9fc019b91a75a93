using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace AccessGov.Console.Pages.People;

/// <summary>Whoever is signed in: what they may, and where they are signed in.</summary>
internal sealed class MeModel(OwnSessions sessions, SignedInPerson person, IOptions<ConsoleOptions> options) : PageModel
{
    public Answer<OpenSession.Page> Sessions { get; private set; } = null!;

    public string Id => person.Id ?? "";

    public IReadOnlyList<string> Scopes => person.Scopes;

    /// <summary>Whether they may read by which rules sessions end.</summary>
    public bool MaySeeRules => person.May("sessions.read");

    /// <summary>Where they change what they sign in with.</summary>
    public string Account => new Uri(options.Value.IdentityFederationUrl!, "/account").AbsoluteUri;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Sessions = await sessions.ListAsync(cancellation);
        return Sessions.Refusal is { EndsSession: true } over ? await this.RefuseAsync(over) : Page();
    }

    public async Task<IActionResult> OnPostEndAsync(string? session, CancellationToken cancellation)
    {
        Answer<Done> done = await sessions.EndAsync(session ?? "", cancellation);
        if (done.Given)
        {
            TempData["Notice"] = "The session is over.";
            return Redirect("/me");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(cancellation);
    }
}
