using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Dormancy;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Dormancy;

/// <summary>Looks for accounts that nobody uses, and what is known of them.</summary>
internal static class DormancyLooks
{
    /// <summary>All look at once; one of them does the work.</summary>
    public static Task LookAsync(params IdentityFederationHost[] replicas) => Eventually.HoldsAsync(
        async () => (await Task.WhenAll(replicas.Select(
            replica => replica.Services.GetRequiredService<LockDormant>().LookAsync(CancellationToken.None)))).Contains(true),
        "one of them looks");

    /// <summary>Waits until it is known when somebody was active.</summary>
    public static Task IsKnownAsync(IdentityFederationHost host, string person) => Eventually.HoldsAsync(
        async () =>
        {
            await using var connection = new NpgsqlConnection(host.Superuser);
            await connection.OpenAsync();
            await using var known = new NpgsqlCommand("select true from identity_federation.person_activity where person = $1", connection)
            {
                Parameters = { new() { Value = person } },
            };
            return await known.ExecuteScalarAsync() is true;
        },
        "the person is known");

    /// <summary>The names of what happened to somebody, oldest first.</summary>
    public static async Task<string[]> HistoryAsync(IdentityFederationHost host, string person) =>
        [.. (await host.GetAsync($"/people/{person}"))["history"]!.AsArray().Select(change => change!["name"]!.GetValue<string>())];

    /// <summary>Waits until something has happened to somebody; answers what is said of it.</summary>
    public static async Task<JsonNode> HappensAsync(IdentityFederationHost host, string person, string name)
    {
        JsonNode? change = null;
        await Eventually.HoldsAsync(
            async () => (change = (await host.GetAsync($"/people/{person}"))["history"]!.AsArray()
                .FirstOrDefault(one => one!["name"]!.GetValue<string>() == name)) is not null,
            $"{name} happens");
        return change!;
    }
}
