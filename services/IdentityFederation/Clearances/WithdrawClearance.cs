using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using Microsoft.AspNetCore.Mvc;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>Says that what is on file of a person counts no more.</summary>
internal static class WithdrawClearance
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<PersonEvent> Decide(Person state, string kind, string reason) => state switch
    {
        _ when !Clearance.Kinds.Contains(kind, StringComparer.Ordinal) => FileClearance.NoKind,
        _ when !Identifiers.IsText(reason, 1000) => Refusals.NoReason,
        Person.Provisioned person => person.Clearances.GetValueOrDefault(kind) switch
        {
            null => new Refusal("clearance_unknown", "Nothing of this kind was ever on file of the person."),
            { Withdrawn: true } => Outcome.NothingToDo<PersonEvent>(),
            _ => new ClearanceWithdrawn(kind, reason),
        },
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/people/{id}/clearances/{kind}",
            (string id, string kind, [FromBody] Command command, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Decide(state, kind, command.Reason)))
        .RequireAuthorization(FileClearance.Scope);
}
