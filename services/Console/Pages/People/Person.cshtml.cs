using AccessGov.Console.Pages.Clearances;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.People;

/// <summary>Somebody: who they are, what they may, where they are signed in, what happened, and what can be done about it.</summary>
internal sealed class PersonModel(
    KnownPeople people, GivenRoles roles, FiledClearances clearances, SignedInPerson viewer) : PageModel
{
    public KnownPeople.Person Person { get; private set; } = null!;

    /// <summary>What was read of the person, or why not; null when there is nobody any more of whom to read it.</summary>
    public Parts? Read { get; private set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>The version that the form was made for.</summary>
    [BindProperty]
    public string? Version { get; set; }

    /// <summary>Whether whoever commands has been asked once more.</summary>
    [BindProperty]
    public bool Confirmed { get; set; }

    public bool IsViewer => Person.Id == viewer.Id;

    public string Called => Person.Profile?.Called ?? Person.Id;

    public bool May(string scope) => viewer.May(scope);

    /// <summary>The reason that was written into the form that was refused.</summary>
    public string? Kept(string handler, string? session = null) =>
        Request.Query["handler"] == handler && (session is null || Request.Form["session"] == session)
            ? Reason ?? ""
            : null;

    /// <summary>A form that commands something and asks why.</summary>
    public Reasoned Form(string handler, string button, bool ofVersion = true, bool keepsOut = true) =>
        new(PathOf(Person.Id), handler, button, ofVersion ? Version : null, Kept(handler), keepsOut);

    /// <param name="Active">The grants that hold.</param>
    /// <param name="Others">Those that held, or will.</param>
    /// <param name="Groups">Their groups, with what these permit.</param>
    /// <param name="Sessions">Where they are signed in.</param>
    /// <param name="Credentials">What they sign in with.</param>
    /// <param name="Clearances">What is on file of them; null for whoever may not see it.</param>
    public sealed record Parts(
        Answer<GivenRoles.GrantPage> Active, Answer<GivenRoles.GrantPage> Others, Answer<KnownPeople.GroupPage> Groups,
        Answer<OpenSession.Page> Sessions, Answer<KnownPeople.Credentials> Credentials,
        Answer<FiledClearances.Page>? Clearances);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Answer<KnownPeople.Person> person = await people.ReadAsync(id, cancellation);
        if (!person.Given)
        {
            return await this.RefuseAsync(person.Refusal);
        }

        (Person, Version) = (person.Value, person.Version);
        if (!Person.Deprovisioned)
        {
            // One part that cannot be read does not take the others away.
            Task<Answer<GivenRoles.GrantPage>> active = roles.OfAsync(id, active: true, cancellation);
            Task<Answer<GivenRoles.GrantPage>> others = roles.OfAsync(id, active: false, cancellation);
            Task<Answer<KnownPeople.GroupPage>> groups = people.GroupsAsync(id, cancellation);
            Task<Answer<OpenSession.Page>> sessions = people.SessionsAsync(id, cancellation);
            Task<Answer<KnownPeople.Credentials>> credentials = people.CredentialsAsync(id, cancellation);
            Task<Answer<FiledClearances.Page>>? filed = May("clearances.read") ? clearances.OfAsync(id, cancellation) : null;
            Read = new Parts(
                await active, await others, await groups, await sessions, await credentials, filed is null ? null : await filed);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostSuspendAsync(string id, CancellationToken cancellation) =>
        Ask(id, "Suspend", id == viewer.Id, "Suspend yourself?",
            "This is you. You are signed out at once everywhere, and only somebody else can let you in again.", "Yes, suspend me")
        ?? await AfterAsync(id, await people.CommandAsync(id, "suspend", Reason ?? "", Version, cancellation),
            "The person is suspended and signed out everywhere.", cancellation);

    public async Task<IActionResult> OnPostReinstateAsync(string id, CancellationToken cancellation) => await AfterAsync(
        id, await people.CommandAsync(id, "reinstate", Reason ?? "", Version, cancellation), "The person may sign in again.", cancellation);

    public async Task<IActionResult> OnPostUnlockAsync(string id, CancellationToken cancellation) => await AfterAsync(
        id, await people.CommandAsync(id, "unlock", Reason ?? "", Version, cancellation), "The person may sign in again.", cancellation);

    public async Task<IActionResult> OnPostDeactivateAsync(string id, CancellationToken cancellation) =>
        Ask(id, "Deactivate", true, id == viewer.Id ? "Deactivate yourself?" : $"Deactivate {id}?",
            $"{Who(id)} signed out at once everywhere, and every role that was given ends. Roles do not come back with the person: "
            + "they are given anew.", "Yes, deactivate")
        ?? await AfterAsync(id, await people.CommandAsync(id, "deactivate", Reason ?? "", Version, cancellation),
            "The person is inactive; their roles end.", cancellation);

    public async Task<IActionResult> OnPostReactivateAsync(string id, CancellationToken cancellation) => await AfterAsync(
        id, await people.CommandAsync(id, "reactivate", null, Version, cancellation),
        "The person is active again. Give them the roles that they need.", cancellation);

    public async Task<IActionResult> OnPostDeprovisionAsync(string id, CancellationToken cancellation) =>
        Ask(id, "Deprovision", true, id == viewer.Id ? "Deprovision yourself for good?" : $"Deprovision {id} for good?",
            $"{Who(id)} signed out at once everywhere, every role ends, and name, addresses and credentials go. Nobody can take this back: "
            + "whoever comes back is a new person.", "Yes, deprovision for good")
        ?? await AfterAsync(id, await people.CommandAsync(id, "deprovision", Reason ?? "", Version, cancellation),
            "The person is gone for good.", cancellation);

    public async Task<IActionResult> OnPostEndSessionAsync(string id, string? session, CancellationToken cancellation) =>
        Ask(id, "EndSession", session == viewer.Session, "End the session that you are in?",
            "You are signed out at once, here and in every program that you opened from it.", "Yes, sign me out",
            ("session", session ?? ""))
        ?? await AfterAsync(
            id, await people.EndSessionAsync(session ?? "", Reason ?? "", cancellation), "The session is over.", cancellation);

    public async Task<IActionResult> OnPostEndSessionsAsync(string id, CancellationToken cancellation)
    {
        if (Ask(id, "EndSessions", true, id == viewer.Id ? "End all of your sessions?" : $"End all sessions of {id}?",
            $"{Who(id)} signed out at once everywhere, and what is not saved may be lost.", "Yes, end them all")
            is { } question)
        {
            return question;
        }

        Answer<KnownPeople.EndedCount> ended = await people.EndSessionsAsync(id, Reason ?? "", cancellation);
        return await AfterAsync(id, ended, $"{Shown.Count(ended.Value?.Ended ?? 0, "session")} ended.", cancellation);
    }

    /// <summary>The link is told on this one page, which nobody keeps.</summary>
    public async Task<IActionResult> OnPostEnrolAsync(string id, CancellationToken cancellation)
    {
        Answer<KnownPeople.EnrolmentLink> link = await people.EnrolAsync(id, Version, cancellation);
        return link.Given
            ? this.Instead("/Pages/People/Enrolment.cshtml", (id, link.Value))
            : await AfterAsync(id, link, "", cancellation);
    }

    /// <summary>A page that asks once more before what cannot be taken back; null when that is not needed, or was done.</summary>
    private ViewResult? Ask(
        string id, string handler, bool needed, string title, string sentence, string button,
        params IEnumerable<(string Name, string Value)> further) =>
        needed && !Confirmed
            ? this.Instead("/Pages/People/Question.cshtml", new Question(
                title, sentence, button, PathOf(id), handler, [("Reason", Reason ?? ""), ("Version", Version ?? ""), .. further]))
            : null;

    private async Task<IActionResult> AfterAsync<T>(string id, Answer<T> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect(PathOf(id));
        }

        if (done.Refusal.EndsSession)
        {
            return await this.RefuseAsync(done.Refusal);
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, cancellation);
    }

    private string Who(string id) => id == viewer.Id ? "This is you. You are" : "The person is";

    private static string PathOf(string id) => $"/people/{Uri.EscapeDataString(id)}";
}

/// <summary>What is asked before something that cannot be taken back.</summary>
/// <param name="Title">The question.</param>
/// <param name="Sentence">What follows from yes.</param>
/// <param name="Button">Yes.</param>
/// <param name="Back">Where no leads, and the form is sent.</param>
/// <param name="Handler">Which command.</param>
/// <param name="Fields">What was filled in.</param>
internal sealed record Question(
    string Title, string Sentence, string Button, string Back, string Handler, IReadOnlyList<(string Name, string Value)> Fields);
