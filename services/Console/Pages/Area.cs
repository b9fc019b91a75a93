using AccessGov.Console.Pages.Health;
using AccessGov.Console.Pages.SignIn;

namespace AccessGov.Console.Pages;

/// <summary>A part of the console, as the navigation and the overview name it.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="Name">What it is called.</param>
/// <param name="What">What people do there.</param>
/// <param name="Scopes">To whoever has one of these it is offered; to everybody when there are none.</param>
internal sealed record Area(string Address, string Name, string What, params IReadOnlyList<string> Scopes)
{
    private static readonly Area[] All =
    [
        new("/emergency-access", "Emergency access", "Open a patient's images at once, and say afterwards why; see and end what you took.",
            "emergency-access.invoke"),
        new("/emergency-cases", "Emergency reviews", "Judge the emergency access of others within a day, and see how often it is taken.",
            "emergency-access.review"),
        new("/people", "People", "Find somebody; see what they may, where they are signed in and what happened; keep them out.", "people.read"),
        new("/clearances", "Clearances", "Who administers without a background check or a privacy agreement on file.", "clearances.read"),
        new("/policies", "Policies", "Read the set in force. Write a draft, check it, see what it would change, have it approved.", "facts.read"),
        new("/access-requests", "Access requests", "Approve or deny what people ask for after a denial.", "access-requests.decide"),
        new("/decisions", "Decisions", "Find what was decided, about whom and why; ask what would have permitted it.", "journal.read"),
        new("/audit", "Audit trail", "Who did what, when, where from, with which patient's images; prove it, and see what is missing.",
            "audit.read"),
        new("/analytics", "Access analytics", "Who accesses which studies, when and how often.", "journal.read"),
        new("/roles", "Roles", "Define roles, and take them out of use.", "facts.read"),
        new("/permission-matrix", "Permission matrix", "What each role gives, what nobody used, and what has changed since last quarter.",
            "facts.read"),
        new("/service-health", "Service health", "Whether the services and their work are in order, and what to do where not.",
            HealthModel.Scopes),
    ];

    public static IEnumerable<Area> Of(SignedInPerson person) =>
        All.Where(area => area.Scopes.Count == 0 || area.Scopes.Any(person.May));
}
