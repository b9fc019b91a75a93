using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>The clients, and one with what happened to it. Never a secret, nor its hash.</summary>
internal static class ClientView
{
    /// <param name="Name">The event's name, for example client_disabled.</param>
    /// <param name="At">When.</param>
    /// <param name="By">Who did it; null when that is not known.</param>
    /// <param name="Reason">Why, where a reason is asked for.</param>
    public sealed record Change(string Name, DateTimeOffset At, string? By, string? Reason);

    public sealed record Item(
        string Id, string Name, IReadOnlyList<string> Scopes, ClientAuthentication Authentication, IReadOnlyList<ClientKey> Keys,
        IReadOnlyList<string> Audiences, int TokenMinutes, bool Disabled, bool HasSecret,
        DateTimeOffset? FormerSecretUntil, IReadOnlyList<ClientGrant> Grants, IReadOnlyList<string> RedirectUris,
        IReadOnlyList<string> PostLogoutRedirectUris, string? BackchannelLogoutUri, bool OfflineAccess, string IdTokenAlgorithm,
        IReadOnlyList<Change>? History = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/clients", (Issuance issuance, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("clients", paging, [.. Page(issuance.Clients, paging)], item => item.Id))
                : Refusals.Answer(Paging.Malformed)).RequireAuthorization("clients.manage");
        routes.MapGet("/clients/{id}", async (string id, IEventStore store, HttpContext http) =>
        {
            EventStream stream = await store.LoadAsync(Client.Streams.StreamId(id), http.RequestAborted);
            if (Client.Streams.Fold(stream) is not Client.Registered client)
            {
                return Refusals.Answer(Client.Absent);
            }

            http.Response.Headers.ETag = $"\"{stream.Version}\"";
            return Results.Ok(Shown(id, client) with
            {
                History = [.. stream.Events.Select(ChangeOf)],
            });
        }).RequireAuthorization("clients.manage");
    }

    private static IEnumerable<Item> Page(IReadOnlyDictionary<string, KnownClient> clients, Paging paging) => clients.Values
        .Where(client => string.CompareOrdinal(client.Id, paging.After ?? "") > 0)
        .OrderBy(client => client.Id, StringComparer.Ordinal).Take(paging.Limit)
        .Select(client => Shown(client.Id, client.State));

    private static Change ChangeOf(StoredEvent stored) =>
        new(stored.Name, stored.RecordedAt, stored.Metadata.Actor, (stored.Data as ClientDisabled)?.Reason);

    private static Item Shown(string id, Client.Registered client) => new(
        id, client.Definition.Name, client.Definition.Scopes, client.Definition.Authentication, client.Definition.Keys,
        client.Definition.Audiences, client.Definition.TokenMinutes, client.Disabled, client.SecretSha256 is not null,
        client.Former?.Until, client.Definition.Grants, client.Definition.RedirectUris, client.Definition.PostLogoutRedirectUris,
        client.Definition.BackchannelLogoutUri, client.Definition.OfflineAccess, client.Definition.IdTokenAlgorithm);
}
