using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Audit.Tests;

/// <summary>What people do at their desks with sealed fields, holds and shreddings.</summary>
internal static class Desk
{
    public static readonly string[] AllScopes =
        ["audit.read", "audit.unseal", "audit.unseal.approve", "audit.shred", "audit.keys", "audit.hold", "audit.export"];

    /// <summary>Somebody commands something; answers the status, the refusal's code (or nothing) and the body.</summary>
    public static async Task<(int Status, string Code, JsonNode? Body)> DoAsync(
        this AuditHost host, string person, string path, object? body = null, HttpMethod? method = null)
    {
        using HttpResponseMessage response = await host.SendAsync(
            method ?? HttpMethod.Post, path, body is null ? null : JsonSerializer.Serialize(body), host.StrongTokenOf(person, AllScopes));
        string text = await response.Content.ReadAsStringAsync();
        JsonNode? read = text.Length > 0 && text[0] is '{' && text.IndexOf('\n', StringComparison.Ordinal) < 0 ? JsonNode.Parse(text)
            : null;
        return ((int)response.StatusCode, ((string?)read?["type"])?.Split(':')[^1] ?? "",
            read ?? (text.Length > 0 ? JsonValue.Create(text) : null));
    }

    public static Task<(int Status, string Code, JsonNode? Body)> SeeAsync(this AuditHost host, string path) =>
        host.DoAsync("rita", path, method: HttpMethod.Get);

    /// <summary>Adds events and waits until they have their places; answers their numbers.</summary>
    public static async Task<long[]> AddAsync(this AuditHost host, params AuditRecord[] records)
    {
        await host.Intake.AcceptAsync("pacs", records, CancellationToken.None);
        string[] ids = [.. records.Select(record => record.EventId)];
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        await Eventually.HoldsAsync(
            () =>
            {
                foreach (JsonNode leaf in host.Leaves())
                {
                    found[(string)leaf["event_id"]!] = (long)leaf["seq"]!;
                }

                return ids.All(found.ContainsKey);
            },
            "the events are in the trail");
        return [.. ids.Select(id => found[id])];
    }

    public static IReadOnlyList<JsonNode> Leaves(this AuditHost host) =>
        File.Exists(Path.Combine(host.TrailDirectory, "checkpoint"))
            ? [.. PublishedTrail.Leaves(host.TrailDirectory).Select(leaf => JsonNode.Parse(leaf.Span)!)] : [];

    /// <summary>The states of an entry's fields.</summary>
    public static async Task<FieldState[]> StatesAsync(this AuditHost host, long sequence)
    {
        ReadOnlyMemory<byte> leaf = host.Services.GetRequiredService<TrailReader>().Leaf(sequence)!.Value;
        return [.. (await host.Services.GetRequiredService<Unsealing>().OpenAsync(TrailEntry.Parse(leaf), CancellationToken.None))
            .Select(field => field.State)];
    }

    /// <summary>The kinds of the trail's own events about a resource, with who did it.</summary>
    public static async Task<string[]> ToldAsync(this AuditHost host, string resource, int atLeast)
    {
        string[] told = [];
        await Eventually.HoldsAsync(
            () => (told = [.. host.Leaves().Where(leaf => (string?)leaf["object"]?["resource"] == resource)
                .Select(leaf => $"{leaf["kind"]} {leaf["actor"]}".Trim())]).Length >= atLeast,
            $"the trail tells {atLeast} things about {resource}");
        return told;
    }

    public static async Task<T> AskAsync<T>(this AuditHost host, string sql)
    {
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand command = superuser.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Does something in the database that the service may not do.</summary>
    public static async Task ExecuteAsync(this AuditHost host, string sql)
    {
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand command = superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Proposes, approves twice, and answers the id.</summary>
    public static async Task<string> ShredAsync(this AuditHost host, object proposal)
    {
        string id = await host.ProposeAsync(proposal);
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        return id;
    }

    public static async Task<string> ProposeAsync(this AuditHost host, object proposal)
    {
        (int status, string code, JsonNode? body) = await host.DoAsync("paul", "/shreddings", proposal);
        (status, code).ShouldBe((201, ""));
        return (string)body!["id"]!;
    }

    public static Task IsAsync(this AuditHost host, string shredding, string state) => Eventually.HoldsAsync(
        async () => (string?)(await host.SeeAsync($"/shreddings/{shredding}")).Body!["state"] == state, $"the shredding is {state}");
}
