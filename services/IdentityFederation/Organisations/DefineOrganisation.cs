using System.Globalization;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Organisations;

/// <summary>Says what an organisation is, for the first time or anew.</summary>
internal static class DefineOrganisation
{
    private const int DomainsMax = 100;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Name, OrganisationKind Kind, IReadOnlyList<string>? Domains = null);

    public static Outcome<OrganisationEvent> Decide(Organisation state, string id, Command command)
    {
        string?[] domains = [.. (command.Domains ?? []).Select(DomainOf)];
        if (!Identifiers.IsOwn(id) || !Identifiers.IsText(command.Name, 200))
        {
            return new Refusal("organisation_malformed", "An organisation has an id of 1 to 64 lower case letters, digits and inner hyphens, and a name of at most 200 characters.");
        }

        if (domains.Length > DomainsMax || domains.Contains(null) || domains.Distinct(StringComparer.Ordinal).Count() != domains.Length)
        {
            return new Refusal("domain_malformed", $"Domains are at most {DomainsMax} host names such as hospital.example, each named once.");
        }

        var defined = new OrganisationDefined(command.Name, command.Kind, [.. domains.OfType<string>()]);
        return state is Organisation.Defined { Definition: var before } && Same(before, defined) ? Outcome.NothingToDo<OrganisationEvent>() : defined;
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/organisations/{id}", (string id, Command command, CommandRunner commands, HttpContext http) => commands.RunAsync(
            http, Organisation.Streams, id, state => Decide(state, id, command), alongside: OrganisationDirectory.Keep(id, command)))
        .RequireAuthorization("organisations.manage");

    /// <summary>A domain as it is compared: lower case, international names in their ASCII form; null when it is none.</summary>
    internal static string? DomainOf(string text)
    {
        try
        {
            string ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text).ToLowerInvariant();
            return ascii.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(ascii) == UriHostNameType.Dns ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool Same(OrganisationDefined a, OrganisationDefined b) =>
        a.Name == b.Name && a.Kind == b.Kind && a.Domains.SequenceEqual(b.Domains, StringComparer.Ordinal);
}
