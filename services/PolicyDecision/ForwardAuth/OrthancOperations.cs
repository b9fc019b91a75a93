using System.Collections.Immutable;
using AccessGov.PolicyDecision.Studies;
using static AccessGov.PolicyDecision.ForwardAuth.PacsMethod;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>Orthanc's own REST API. Its ids are hashes: those of studies and patients are looked up, those of series and instances stand for the whole archive.</summary>
internal static class OrthancOperations
{
    private static readonly PacsResource.Archive Archive = new();

    public static PacsOperation? Of(PacsMethod method, ImmutableArray<string> path) => path.AsSpan() switch
    {
        [] => method == Get ? On("archive.use-ui", Archive) : PacsOperation.Unknown,
        ["app" or "ui", ..] => UserInterface(method, path.AsSpan()),
        ["stone-webviewer" or "ohif", ..] or ["favicon.ico"] => method == Get ? On("archive.use-ui", Archive) : PacsOperation.Unknown,
        ["patients" or "studies" or "series"] => method == Get ? On("archive.list", Archive) : PacsOperation.Unknown,
        ["instances"] => method switch { Get => On("archive.list", Archive), Post => On("study.store", Archive), _ => PacsOperation.Unknown },
        ["studies", var id, .. var rest] when OrthancIdentifier.IsWellFormed(id) => Resource(method, rest, new PacsResource.OrthancStudy(id)),
        ["patients", var id, .. var rest] when OrthancIdentifier.IsWellFormed(id) => Resource(method, rest, new PacsResource.OrthancPatient(id)),
        ["series", var id, .. var rest] when OrthancIdentifier.IsWellFormed(id) => Resource(method, rest, Archive),
        ["instances", var id, .. var rest] when OrthancIdentifier.IsWellFormed(id) => Instance(method, rest),
        ["tools", .. var tool] => Tool(method, tool),
        ["modalities", var name, "store" or "store-straight"] when method == Post => Sends(name),
        ["peers", var name, "store" or "store-straight"] when method == Post => Sends(name),
        ["transfers", "send"] when method == Post => Sends(null),
        ["changes" or "exports"] or ["statistics"] => On(method == Get ? "archive.list" : "archive.administer", Archive),
        ["modalities" or "peers" or "transfers" or "queries" or "jobs" or "plugins" or "system" or "storage-commitment", ..] => On("archive.administer", Archive),
        _ => PacsOperation.Unknown,
    };

    /// <summary>What patients, studies and series have in common.</summary>
    private static PacsOperation? Resource(PacsMethod method, ReadOnlySpan<string> rest, PacsResource resource) => (method, rest) switch
    {
        (Get, [] or ["statistics" or "shared-tags" or "module" or "module-patient" or "instances-tags" or "patient" or "study" or "studies" or "series" or "instances" or "labels"]) =>
            On("study.read-metadata", resource),
        (Get, ["metadata", ..] or ["attachments"] or ["labels", _] or ["protected"]) => On("study.read-metadata", resource),
        (Get or Post, ["archive" or "media"]) => Exports(resource),
        (Get, ["attachments", ..] or ["numpy"] or ["ordered-slices"]) => On("study.retrieve", resource),
        (Delete, []) => On("study.delete", resource),
        (Put or Delete, ["labels", _]) => On("study.relabel", resource),
        (Put or Delete, ["metadata" or "attachments", _, ..]) => On("study.modify", resource),
        (Post, ["modify"] or ["split"]) => On("study.modify", resource),
        // Series of other studies, named in the body, become this patient's.
        (Post, ["merge"]) => On("patient.merge", Archive),
        (Post, ["anonymize"]) => On("study.deidentify", resource),
        (Put, ["protected"]) or (Post, ["reconstruct"]) or (Post, ["attachments", _, ..]) => On("archive.administer", Archive),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? Instance(PacsMethod method, ReadOnlySpan<string> rest) => (method, rest) switch
    {
        (Get, ["tags" or "simplified-tags" or "header" or "content" or "frames"]) => On("study.read-metadata", Archive),
        (Get, ["preview" or "rendered" or "image-uint8" or "image-uint16" or "image-int16"]) => On("study.view", Archive),
        (Get, ["frames", _, "preview" or "rendered" or "image-uint8" or "image-uint16" or "image-int16"]) => On("study.view", Archive),
        (Get, ["content", ..] or ["file" or "pdf" or "matlab" or "numpy"] or ["frames", _, "raw" or "raw.gz" or "matlab" or "numpy"]) => On("study.retrieve", Archive),
        (Post, ["export"]) => Exports(Archive),
        _ => Resource(method, rest, Archive),
    };

    private static PacsOperation? Tool(PacsMethod method, ReadOnlySpan<string> tool) => (method, tool) switch
    {
        (Post, ["find" or "lookup" or "count-resources" or "bulk-content"]) => On("archive.list", Archive),
        // The ids are in the body, or in an argument of many: whoever may do it to everything may do it here.
        (Get or Post, ["create-archive" or "create-media" or "create-media-extended"]) => Exports(Archive),
        (Post, ["bulk-delete"]) => On("study.delete", Archive),
        (Post, ["bulk-modify"]) => On("study.modify", Archive),
        (Post, ["bulk-anonymize"]) => On("study.deidentify", Archive),
        (Post, ["create-dicom"]) => On("study.store", Archive),
        (_, [_, ..]) => On("archive.administer", Archive),
        _ => PacsOperation.Unknown,
    };

    // Static pages only: the viewers' own interfaces carry patients.
    private static PacsOperation? UserInterface(PacsMethod method, ReadOnlySpan<string> path) =>
        method == Get && path is not ["ui", "api", ..] ? On("archive.use-ui", Archive) : PacsOperation.Unknown;

    private static PacsOperation Sends(string? destination) => new("study.send", Archive, PacsOperation.OrthancProtocol, destination);

    private static PacsOperation Exports(PacsResource resource) => new("study.export", resource, PacsOperation.OrthancProtocol, "media");

    private static PacsOperation On(string action, PacsResource resource) => new(action, resource, PacsOperation.OrthancProtocol);
}
