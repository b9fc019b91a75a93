using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.Directories;
using AccessGov.IdentityFederation.People;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>The service with a directory of the name ad.</summary>
internal static class DirectoryHost
{
    /// <summary>Starts it, with the hospital.</summary>
    public static async Task<IdentityFederationHost> StartAsync(
        IReadOnlyDictionary<string, string?> settings, IDirectorySource? source = null, TimeProvider? clock = null)
    {
        IdentityFederationHost host = await IdentityFederationHost.StartAsync(
            settings: settings, clock: clock, configure: services => _ = source is null ? services : services.AddSingleton(source));
        await host.OrganisationAsync();
        return host;
    }

    /// <summary>Asks for a run, and waits until it has ended.</summary>
    public static async Task RunAsync(IdentityFederationHost host, bool full = false, bool allowDeactivations = false)
    {
        long before = (await StatusAsync(host))["runs"]!.GetValue<long>();
        using HttpResponseMessage asked = await host.SendAsync(
            HttpMethod.Post, "/directories/ad/synchronise", $$"""{"full":{{(full ? "true" : "false")}},"allowDeactivations":{{(allowDeactivations ? "true" : "false")}}}""",
            host.TokenOf("grace", "directories.manage"));
        ((int)asked.StatusCode).ShouldBe(202, await asked.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(
            async () => await StatusAsync(host) is var status && status["runs"]!.GetValue<long>() > before && !status["pending"]!.GetValue<bool>() && !status["running"]!.GetValue<bool>(), "the run has ended",
            TimeSpan.FromMinutes(3));
    }

    public static async Task<JsonNode> StatusAsync(IdentityFederationHost host)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/directories", token: host.TokenOf("grace", "directories.read"));
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["directories"]!.AsArray().Single()!;
    }

    /// <summary>Another service that listens from now on.</summary>
    public static Task ListenAsync(IdentityFederationHost host) => ExecuteAsync(
        host, $"insert into bus.queue (name, role) values ('listener', current_user); insert into bus.subscription (queue, message) values ('listener', '{UserDeprovisioned.MessageName}')");

    /// <summary>What it heard of a person.</summary>
    public static async Task<IReadOnlyList<string>> HeardAsync(IdentityFederationHost host, string person)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select type from bus.message where queue = 'listener' and subject = $1 order by position", connection)
        {
            Parameters = { new() { Value = Person.Streams.StreamId(person) } },
        };
        return await ReadModelRows.ReadAsync(command, row => row.GetString(0), CancellationToken.None);
    }

    private static async Task ExecuteAsync(IdentityFederationHost host, string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
