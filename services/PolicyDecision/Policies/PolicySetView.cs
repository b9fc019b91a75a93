using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Reads policy sets.</summary>
internal static class PolicySetView
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/policy-sets/{name}", async (string name, IEventStore store, HttpContext http, CancellationToken cancellation) =>
            {
                EventStream stream = await store.LoadAsync(PolicyVersions.Streams.StreamId(name), cancellation);
                http.Response.Headers.ETag = $"\"{stream.Version}\"";
                return PolicyVersions.Streams.Fold(stream) is PolicyVersions.Published published
                    ? Results.Ok(Of(name, published, stream))
                    : SetUnknown();
            })
            .RequireAuthorization("facts.read");
        routes.MapGet("/policy-sets/{name}/versions/{version:int}", async (string name, int version, IEventStore store, CancellationToken cancellation) =>
            {
                EventStream stream = await store.LoadAsync(PolicyVersions.Streams.StreamId(name), cancellation);
                return PolicyVersions.Streams.Fold(stream) switch
                {
                    PolicyVersions.Published published when published.Versions.FirstOrDefault(item => item.Version == version) is { } found =>
                        Results.Ok(new { name, found.Version, found.Hash, found.Comment, found.DraftId, found.ApprovedBy, InForce = published.InForce == version, found.Files }),
                    PolicyVersions.Published published => VersionUnknown(published),
                    _ => SetUnknown(),
                };
            })
            .RequireAuthorization("facts.read");
    }

    public static IResult VersionUnknown(PolicyVersions.Published published) =>
        Refusals.Answer("version_unknown", $"The policy set has the versions 1 to {published.Versions.Length}.", StatusCodes.Status404NotFound);

    public static IResult SetUnknown() => Refusals.Answer("policy_set_unknown", "There is no policy set with this name.");

    /// <summary>What is in force, for whoever has just changed it.</summary>
    public static object Of(string name, PolicyVersions versions) => versions is PolicyVersions.Published { Current: var current }
        ? new { name, current.Version, current.Hash, current.DraftId }
        : throw new InvalidOperationException("The policy set was never published.");

    private static object Of(string name, PolicyVersions.Published published, EventStream stream) => new
    {
        name,
        published.Current.Version,
        published.Current.Hash,
        Versions = stream.Events.Where(stored => stored.Data is PolicySetPublished).Select(stored => (Stored: stored, Event: (PolicySetPublished)stored.Data))
            .Select(item => new { item.Event.Version, item.Event.Hash, item.Event.Comment, PublishedBy = item.Stored.Metadata.Actor, PublishedAt = item.Stored.RecordedAt, item.Event.DraftId, item.Event.ApprovedBy, Signed = item.Event.Signature is not null }),
    };
}
