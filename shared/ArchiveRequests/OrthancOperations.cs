using System.Collections.Immutable;
using static AccessGov.ArchiveRequests.PacsMethod;

namespace AccessGov.ArchiveRequests;

/// <summary>Orthanc's own REST API. Its ids are hashes: those of studies and patients are looked up, those of series and instances stand
/// for the whole archive.</summary>
internal static class OrthancOperations
{
    private static readonly PacsResource.Archive Archive = new();

    // Segment by segment: one switch over whole paths costs the compiler minutes and gigabytes.
    public static PacsOperation? Of(PacsMethod method, ImmutableArray<string> path)
    {
        if (path.IsEmpty)
        {
            return UserInterface(method, []);
        }

        ReadOnlySpan<string> rest = path.AsSpan()[1..];
        return path[0] switch
        {
            "app" or "ui" or "stone-webviewer" or "ohif" => UserInterface(method, path.AsSpan()),
            "favicon.ico" when rest.IsEmpty => UserInterface(method, path.AsSpan()),
            "patients" or "studies" or "series" or "instances" when rest.IsEmpty => List(method, path[0]),
            "patients" or "studies" or "series" or "instances" when OrthancIdentifier.IsWellFormed(rest[0]) =>
                Item(method, path[0], rest[0], rest[1..]),
            "tools" when rest.Length > 0 => Tool(method, rest),
            "modalities" or "peers" or "transfers" => Remote(method, path[0], rest),
            "changes" or "exports" or "statistics" when rest.IsEmpty => On(method == Get ? "archive.list" : "archive.administer", Archive),
            "queries" or "jobs" or "plugins" or "system" or "storage-commitment" => On("archive.administer", Archive),
            _ => PacsOperation.Unknown,
        };
    }

    private static PacsOperation? List(PacsMethod method, string level) => (method, level) switch
    {
        (Get, _) => On("archive.list", Archive),
        (Post, "instances") => On("study.store", Archive),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? Item(PacsMethod method, string level, string id, ReadOnlySpan<string> rest) => level switch
    {
        "studies" => Resource(method, rest, new PacsResource.OrthancStudy(id)),
        "patients" => Resource(method, rest, new PacsResource.OrthancPatient(id)),
        "instances" => Instance(method, rest),
        _ => Resource(method, rest, Archive),
    };

    /// <summary>What patients, studies and series have in common.</summary>
    private static PacsOperation? Resource(PacsMethod method, ReadOnlySpan<string> rest, PacsResource resource) => rest.Length switch
    {
        0 => Whole(method, resource),
        1 => Part(method, rest[0], resource),
        _ => BelowPart(method, rest, resource),
    };

    private static PacsOperation? Whole(PacsMethod method, PacsResource resource) => method switch
    {
        Get => On("study.read-metadata", resource),
        Delete => On("study.delete", resource),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? Part(PacsMethod method, string part, PacsResource resource) => (method, part) switch
    {
        (Get, "statistics" or "shared-tags" or "module" or "module-patient" or "instances-tags" or "patient" or "study" or "studies"
            or "series" or "instances"
            or "labels" or "metadata" or "attachments" or "protected") => On("study.read-metadata", resource),
        (Get or Post, "archive" or "media") => Exports(resource),
        (Get, "numpy" or "ordered-slices") => On("study.retrieve", resource),
        (Post, "modify" or "split") => On("study.modify", resource),
        // Series of other studies, named in the body, become this patient's.
        (Post, "merge") => On("patient.merge", Archive),
        (Post, "anonymize") => On("study.deidentify", resource),
        (Put, "protected") or (Post, "reconstruct") => On("archive.administer", Archive),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? BelowPart(PacsMethod method, ReadOnlySpan<string> rest, PacsResource resource) => (method, rest[0]) switch
    {
        (Get, "metadata") => On("study.read-metadata", resource),
        (Get, "labels") when rest.Length == 2 => On("study.read-metadata", resource),
        (Get, "attachments") => On("study.retrieve", resource),
        (Put or Delete, "labels") when rest.Length == 2 => On("study.relabel", resource),
        (Put or Delete, "metadata" or "attachments") => On("study.modify", resource),
        (Post, "attachments") => On("archive.administer", Archive),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? Instance(PacsMethod method, ReadOnlySpan<string> rest)
    {
        string first = rest.IsEmpty ? "" : rest[0];
        string frame = rest.Length == 3 && first == "frames" ? rest[2] : "";
        return (method, rest.Length, first) switch
        {
            (Get, 1, "tags" or "simplified-tags" or "header" or "content" or "frames") => On("study.read-metadata", Archive),
            (Get, 1, "preview" or "rendered" or "image-uint8" or "image-uint16" or "image-int16") => On("study.view", Archive),
            (Get, 1, "file" or "pdf" or "matlab" or "numpy") => On("study.retrieve", Archive),
            (Get, 3, "frames") when frame is "preview" or "rendered" or "image-uint8" or "image-uint16" or "image-int16" =>
                On("study.view", Archive),
            (Get, 3, "frames") when frame is "raw" or "raw.gz" or "matlab" or "numpy" => On("study.retrieve", Archive),
            (Get, > 1, "content") => On("study.retrieve", Archive),
            (Post, 1, "export") => Exports(Archive),
            _ => Resource(method, rest, Archive),
        };
    }

    private static PacsOperation? Tool(PacsMethod method, ReadOnlySpan<string> tool) => (method, tool.Length == 1 ? tool[0] : "") switch
    {
        (Post, "find" or "lookup" or "count-resources" or "bulk-content") => On("archive.list", Archive),
        // The ids are in the body, or in an argument of many: whoever may do it to everything may do it here.
        (Get or Post, "create-archive" or "create-media" or "create-media-extended") => Exports(Archive),
        (Post, "bulk-delete") => On("study.delete", Archive),
        (Post, "bulk-modify") => On("study.modify", Archive),
        (Post, "bulk-anonymize") => On("study.deidentify", Archive),
        (Post, "create-dicom") => On("study.store", Archive),
        _ => On("archive.administer", Archive),
    };

    private static PacsOperation? Remote(PacsMethod method, string kind, ReadOnlySpan<string> rest)
    {
        bool sends = kind == "transfers" ? rest is ["send"] : rest is [_, "store" or "store-straight"];
        return method == Post && sends ? Sends(kind == "transfers" ? null : rest[0]) : On("archive.administer", Archive);
    }

    // Static pages only: the viewers' own interfaces carry patients.
    private static PacsOperation? UserInterface(PacsMethod method, ReadOnlySpan<string> path) =>
        method == Get && path is not ["ui", "api", ..] ? On("archive.use-ui", Archive) : PacsOperation.Unknown;

    private static PacsOperation Sends(string? destination) => new("study.send", Archive, PacsOperation.OrthancProtocol, destination);

    private static PacsOperation Exports(PacsResource resource) => new("study.export", resource, PacsOperation.OrthancProtocol, "media");

    private static PacsOperation On(string action, PacsResource resource) => new(action, resource, PacsOperation.OrthancProtocol);
}
