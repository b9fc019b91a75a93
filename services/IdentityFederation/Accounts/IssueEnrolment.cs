using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>Gives a person a link, once, with which they choose how to sign in. There is no default password, and nobody else ever knows one.</summary>
internal static class IssueEnrolment
{
    public const string Path = "/enrol";

    public static Outcome<AccountEvent> Decide(string tokenSha256, string person, string? by, DateTimeOffset expiresAt) =>

        // A link replaces what somebody signs in with: nobody gives themselves one, past the factors that they have.
        by == person
            ? new Refusal("self_enrolment", "Somebody else than the person gives them an enrolment link.")
            : new EnrolmentLinkIssued(tokenSha256, expiresAt);

    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/people/{id}/enrolment", async (
            string id, CommandRunner commands, GroupDirectory groups, IOptions<AccountSettings> settings, IOptions<IdentityFederationOptions> options,
            HttpContext http) =>
        {
            if (await Outranked.ByAsync(http, groups, id) is { } outranked)
            {
                return Refusals.Answer(outranked);
            }

            string token = NewToken();
            string sha256 = Hash(token);
            http.Response.Headers.CacheControl = "no-store";
            return await commands.RunAsync(
                http, Account.Streams, id, _ => Decide(sha256, id, Caller.Person(http), commands.Now + settings.Value.EnrolmentLinkLasts),

                // A repeated command made no link: the one that was told is not known here.
                (_, state) => state.Link is { } link && link.TokenSha256 == sha256
                    ? Results.Ok(new { link = LinkOf(options.Value.PublicUrl!, id, token), link.ExpiresAt })
                    : Refusals.Answer(new Refusal(
                        "link_told_already", "The link of this command was told once and is not known any more: ask with another Idempotency-Key.")),
                (transaction, _, cancellation) => RequireAsync(id, transaction, cancellation));
        })
        .RequireAuthorization("people.manage");

    /// <summary>The link. The person is named in it so that the one stream that it may be of is read.</summary>
    public static string LinkOf(Uri publicUrl, string person, string token) =>
        new Uri(publicUrl, $"{Path}?token={Uri.EscapeDataString($"{person}.{token}")}").AbsoluteUri;

    private static async Task RequireAsync(string person, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select 1 from person_directory where id = $1 for share", transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = person });
        if (await command.ExecuteScalarAsync(cancellation) is null)
        {
            throw new RefusedAlongsideException(new("person_unknown", "There is no person with this id."));
        }
    }
}
