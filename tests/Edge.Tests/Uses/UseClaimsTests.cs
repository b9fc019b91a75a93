using System.Net;
using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Edge.Tests.Uses;

/// <summary>What is signed well and yet not written in the one way in which a use is.</summary>
public sealed class UseClaimsTests
{
    private const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";

    public static TheoryData<string, string?> Malformed => new()
    {
        { "jti", "\"0F8FAD5B-D9CB-469F-A165-70867728950E\"" }, { "jti", "\"0f8fad5bd9cb469fa16570867728950e\"" },
        { "jti", $"\"{{{Id}}}\"" }, { "jti", $"\" {Id}\"" }, { "jti", null },
        { "practice", null }, { "practice", "\"false\"" }, { "practice", "null" },
        { "iat", "1790000000.5" }, { "iat", "\"1790000000\"" }, { "iat", "9000000000000000000" }, { "iat", "-1" }, { "iat", null },
        { "said_to_be", "null" }, { "said_to_be", "\"bob\"" }, { "said_to_be", "[]" },
        { "patient", "null" }, { "patient", "4711" }, { "patient", null }, { "reason", "null" }, { "reason_code", null },
        { "capability", null }, { "capability", "1" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_use_whose_claims_are_missing_or_written_otherwise_is_malformed(string name, string? json)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();
        string use = edge.Changed(edge.Use(capability), claims =>
        {
            claims.Remove(name);
            if (json is not null)
            {
                claims[name] = JsonNode.Parse(json);
            }
        });

        Answered answer = await edge.AskAsync(capability, use);

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.BadRequest, "use_malformed"), answer.Text);
        edge.Services.GetRequiredService<EdgeJournal>().State.Taken.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_capability_without_one_of_its_claims_is_forged()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();

        foreach (string claim in new[] { "jti", "sub", "holder", "role", "invoker_role", "duration", "uses", "excluded", "cnf" })
        {
            string capability = edge.BreakGlass.Issue(edge.HolderKey, without: claim);
            (await edge.AskAsync(capability, "x")).Code.ShouldBe("capability_forged", claim);
        }
    }

    [Fact]
    public async Task What_the_journal_says_again_is_what_was_answered()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();
        string use = edge.Use(capability, asked => asked with { Id = Guid.Parse(Id), At = asked.At.AddSeconds(-40) });

        Answered answer = await edge.AskAsync(capability, use);

        answer.Body["id"]!.GetValue<string>().ShouldBe(Id);
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Any(line => line.Kind == "used"), "it is merged");
        EdgeJournalEntry line = edge.BreakGlass.Lines.Single(line => line.Kind == "used");
        line.Case.ShouldBe(Id);
        answer.Body["until"]!.GetValue<DateTimeOffset>().ShouldBe(line.At.AddHours(4));
        await edge.AgainAsync();
        edge.Services.GetRequiredService<EdgeJournal>().State.Accesses[Id].Until.ShouldBe(line.At.AddHours(4));
    }

    [Fact]
    public void A_claim_that_stands_there_twice_is_none()
    {
        string text = Base64UrlEncoder.Encode($$"""
            {"aud":"radiology","jti":"{{Id}}","iat":1790000000,"capability":"c","patient":"4711","patient":"4712","reason_code":"BTG",
            "reason":"x","practice":false}
            """);
        UseTokens.Unproved($"e30.{text}.e30").ShouldBeNull();
    }
}
