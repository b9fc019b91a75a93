using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>What others hear of sign-ins, of those that failed too, and how much of it at most.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private readonly MovedClock clock = new();
    private IdentityFederationHost host = null!;

    public async Task InitializeAsync() => host = await IdentityFederationHost.StartAsync(settings: SignInBrowser.Settings, clock: clock);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Others_hear_who_signed_in_and_who_did_not_counted_and_without_what_was_typed()
    {
        await ExecuteAsync("insert into bus.queue (name, role) values ('listener', current_user)");
        await ExecuteAsync(
            $"""
            insert into bus.subscription (queue, message)
            values ('listener', '{SignInFailed.MessageName}'), ('listener', '{SignedIn.MessageName}')
            """);
        (string person, string secret) = await SignInBrowser.PersonAsync(host, "heard", app: true);
        var browser = new SignInBrowser(host, SignInBrowser.Outside);
        await browser.SignInAsync("heard", "not the password");
        await browser.SignInAsync("heard", "nor is this one");
        await browser.SignInAsync("MyPasswordAsAName1", "heard");
        await browser.SignInAsync("heard");
        await browser.TypeCodeAsync("000000");
        await browser.PostAsync("/sign-in/second-factor", ("Code", await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30))));
        await browser.AcknowledgeAsync();
        clock.Advance(TimeSpan.FromSeconds(61));

        JsonNode[] heard = [];
        await Eventually.HoldsAsync(async () => (heard = await HeardAsync()).Length >= 4, "all are told");

        heard.Length.ShouldBe(4);
        JsonNode signedIn = heard.Single(message => message["sessionId"] is not null);
        signedIn["userId"]!.GetValue<string>().ShouldBe(person);
        signedIn["context"]!.GetValue<string>().ShouldBe(IdentityFederation.Sessions.AuthenticationContexts.MultiFactor);
        (signedIn["network"]!.GetValue<string>(), signedIn["inside"]!.GetValue<bool>()).ShouldBe(("203.0.113.0/24", false));
        string[] told =
        [
            .. heard.Where(message => message["cause"] is not null)
                .Select(message => $"{message["userId"]} {message["cause"]} {message["network"]} {message["count"]}"),
        ];
        told.ShouldBe(
            [$"{person} password 203.0.113.0/24 2", $"{person} second_factor 203.0.113.0/24 1", " password 203.0.113.0/24 1"],
            ignoreOrder: true);
        string.Join('\n', heard.Select(message => message.ToJsonString())).ShouldNotContain("MyPassword");
        (await CountAsync("identity_federation.sign_in_failed")).ShouldBe(0);
    }

    [Fact]
    public async Task However_many_fail_there_are_so_many_rows_and_none_is_uncounted()
    {
        var failures = host.Services.GetRequiredService<SignInFailures>();
        for (int i = 0; i < SignInFailures.NobodyMax + 30; i++)
        {
            await failures.RecordAsync(null, SignInFailures.Password, IPAddress.Parse($"198.51.{i}.1"), CancellationToken.None);
        }

        (await CountAsync("identity_federation.sign_in_failed")).ShouldBe(SignInFailures.NobodyMax + 1);
        (await CountAsync("identity_federation.sign_in_failed where network = '' and failures = 30")).ShouldBe(1);

        // What happens to people is told all the same.
        await failures.RecordAsync("ada", SignInFailures.Password, IPAddress.Parse("203.0.113.9"), CancellationToken.None);
        (await CountAsync("identity_federation.sign_in_failed where person = 'ada' and network = '203.0.113.0/24'")).ShouldBe(1);
    }

    [Fact]
    public void Passwords_are_hashed_with_so_many_rounds_of_PBKDF2_with_SHA_512()
    {
        var hasher = host.Services.GetRequiredService<IPasswordHasher<PasskeyOwner>>();
        byte[] hash = Convert.FromBase64String(hasher.HashPassword(new("ada", "ada"), SignInBrowser.Password));

        // The framework's format 3: a byte of version, the function (2 is HMAC-SHA-512), the rounds, the length of the salt.
        hash[0].ShouldBe((byte)1);
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)).ShouldBe(2u);
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)).ShouldBe(210_000u);
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(9)).ShouldBeGreaterThanOrEqualTo(16u);
    }

    [Fact]
    public async Task A_challenge_is_spent_once_over_all_replicas()
    {
        await using IdentityFederationHost replica = await host.BesideAsync();
        SpentChallenges[] both =
            [host.Services.GetRequiredService<SpentChallenges>(), replica.Services.GetRequiredService<SpentChallenges>()];
        bool[] first = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => both[i % 2].SpendAsync("challenge", TimeSpan.FromMinutes(3), CancellationToken.None)));
        first.Count(one => one).ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(10));
        await both[0].SpendAsync("another", TimeSpan.FromMinutes(3), CancellationToken.None);
        (await CountAsync("identity_federation.spent_challenge")).ShouldBe(1, "what is long over is forgotten");
    }

    private async Task<JsonNode[]> HeardAsync()
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select data::text from bus.message where queue = 'listener' order by position", connection);
        return [.. (await ReadModelRows.ReadAsync(command, row => row.GetString(0), CancellationToken.None))
            .Select(text => JsonNode.Parse(text)!)];
    }

    private async Task<long> CountAsync(string rows)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from {rows}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
