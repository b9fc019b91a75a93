using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>One version with all that is needed to trust it: its files, the manifest of the last time it was put into force, signature and public key.</summary>
internal static class PolicyBundle
{
    private const string Unsigned = "Nobody has signed this version: no PolicyDecision:PolicySigningKeyFile was configured when it was put into force.";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policy-sets/{name}/versions/{version:int}/bundle", async (string name, int version, IEventStore store, CancellationToken cancellation) =>
        {
            EventStream stream = await store.LoadAsync(PolicyVersions.Streams.StreamId(name), cancellation);
            return PolicyVersions.Streams.Fold(stream) switch
            {
                PolicyVersions.Published published when version >= 1 && version <= published.Versions.Length =>
                    Results.Ok(Of(name, published, stream.Events.Last(stored => VersionOf(stored) == version), published.Versions[version - 1])),
                PolicyVersions.Published published => PolicySetView.VersionUnknown(published),
                _ => PolicySetView.SetUnknown(),
            };
        })
        .RequireAuthorization("facts.read");

    private static int VersionOf(StoredEvent stored) => stored.Data switch
    {
        PolicySetPublished e => e.Version,
        PolicySetRolledBack e => e.Version,
        _ => 0,
    };

    private static object Of(string name, PolicyVersions.Published published, StoredEvent stored, PolicySetPublished version)
    {
        PolicySignature? signature = ((PolicySetEvent)stored.Data).Signature;
        return new
        {
            name,
            version.Version,
            InForce = published.InForce == version.Version,
            version.Files,
            Manifest = signature?.Manifest ?? PolicyManifest.Of(name, (PolicySetEvent)stored.Data, stored.Metadata.Actor, stored.RecordedAt),
            Signature = signature?.Jws,
            Key = signature?.Key.ToJwk(),
            Unsigned = signature is null ? Unsigned : null,
        };
    }
}
