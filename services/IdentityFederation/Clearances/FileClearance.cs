using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>Says that a person was checked, or has agreed, and where the paper lies.</summary>
internal static class FileClearance
{
    public const string Scope = "clearances.write";

    // A day before everybody's working life is a slip of the pen.
    private static readonly DateOnly Earliest = new(1950, 1, 1);

    // Where it is tomorrow already, tomorrow's date is today's.
    private static readonly TimeSpan AheadOfUtcMax = TimeSpan.FromHours(14);

    public static readonly Refusal NoKind = new(
        "clearance_kind_unknown", $"There is no such kind of clearance: the kinds are {string.Join(", ", Clearance.Kinds)}.");

    /// <param name="CompletedOn">The day on which it was done.</param>
    /// <param name="Reference">Where the paper lies.</param>
    /// <param name="ValidUntil">The last day on which it counts; null when it does not end.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(DateOnly CompletedOn, string Reference, DateOnly? ValidUntil = null);

    /// <param name="state">The person.</param>
    /// <param name="id">Their id.</param>
    /// <param name="kind">Which clearance.</param>
    /// <param name="command">What is put on file.</param>
    /// <param name="by">The person who commands; null for a program that acts for itself.</param>
    /// <param name="now">The time.</param>
    public static Outcome<PersonEvent> Decide(
        Person state, string id, string kind, Command command, string? by, DateTimeOffset now) => state switch
    {
        _ when !Clearance.Kinds.Contains(kind, StringComparer.Ordinal) => NoKind,
        _ when !Identifiers.IsForeign(command.Reference) || command.CompletedOn < Earliest || command.CompletedOn > Clearance.DayOf(now + AheadOfUtcMax)
            || command.ValidUntil <= command.CompletedOn => new Refusal(
            "clearance_malformed",
            $"A clearance was completed today or before, is valid until a day after that, and has a reference of 1 to {Identifiers.LengthMax} "
            + "characters that says where the paper lies."),

        // Nobody vouches for themselves.
        _ when by == id => new Refusal("self_clearance", "Somebody else files what you were checked for or have agreed to."),
        Person.Provisioned person => person.Clearances.GetValueOrDefault(kind)
            == new Clearance(command.CompletedOn, command.ValidUntil, command.Reference)
            ? Outcome.NothingToDo<PersonEvent>()
            : new ClearanceFiled(kind, command.CompletedOn, command.ValidUntil, command.Reference),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/people/{id}/clearances/{kind}",
            (string id, string kind, Command command, PersonCommands people, CommandRunner commands, HttpContext http) =>
            people.RunAsync(http, id, state => Decide(state, id, kind, command, Caller.Person(http), commands.Now)))
        .RequireAuthorization(Scope);
}
