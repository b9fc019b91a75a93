using System.Collections.Immutable;
using AccessGov.PolicyDecision.Studies;
using static AccessGov.PolicyDecision.ForwardAuth.PacsMethod;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>QIDO-RS, WADO-RS, STOW-RS and deletion (DICOM PS3.18), below the DICOMweb root.</summary>
internal static class DicomWebOperations
{
    private static readonly PacsResource.Archive Archive = new();

    public static PacsOperation? Of(PacsMethod method, ImmutableArray<string> path, ImmutableArray<QueryArgument> query) => (method, path.AsSpan()) switch
    {
        (Get, ["studies"] or ["series"] or ["instances"]) => Search(query),
        (Get, ["studies", var uid, .. var rest]) when DicomUid.IsValid(uid) => Read(uid, rest, query),
        (Post, ["studies"]) => On("study.store", Archive),
        (Post, ["studies", var uid]) when DicomUid.IsValid(uid) => On("study.append", new PacsResource.Study(uid)),
        (Put, ["studies", var uid]) when DicomUid.IsValid(uid) => On("study.modify", new PacsResource.Study(uid)),
        (Delete, ["studies", var uid, .. var rest]) when DicomUid.IsValid(uid) && IsSeriesOrInstance(rest) => On("study.delete", new PacsResource.Study(uid)),
        // Rejection (IHE IOCM) hides objects as deletion does.
        (Post, ["studies", var uid, .. var rest]) when DicomUid.IsValid(uid) && IsRejection(rest) => On("study.delete", new PacsResource.Study(uid)),
        (Get, ["info"] or ["app", ..]) => On("archive.use-ui", Archive),
        // The archive as a client of other servers: which studies is in the body.
        (Post, ["servers", var server, "stow"]) => new("study.send", Archive, PacsOperation.DicomWebProtocol, server),
        (_, ["servers", ..]) => On("archive.administer", Archive),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? Read(string uid, ReadOnlySpan<string> rest, ImmutableArray<QueryArgument> query)
    {
        var study = new PacsResource.Study(uid);
        return rest switch
        {
            ["series"] or ["instances"] or ["series", _, "instances"] when HasUids(rest) && !NamesAnotherStudy(uid, query) => On("study.search", study),
            [.. var part, "metadata"] when IsSeriesOrInstance(part) => On("study.read-metadata", study),
            [.. var part, "rendered" or "thumbnail"] when IsSeriesOrInstance(part) => On("study.view", study),
            ["series", var series, "instances", var instance, "frames", var frames, "rendered" or "thumbnail"]
                when DicomUid.IsValid(series) && DicomUid.IsValid(instance) && IsFrameList(frames) => On("study.view", study),
            ["series", var series, "instances", var instance, "frames", var frames]
                when DicomUid.IsValid(series) && DicomUid.IsValid(instance) && IsFrameList(frames) => On("study.retrieve", study),
            ["series", var series, "instances", var instance, "bulkdata", .. var tags]
                when DicomUid.IsValid(series) && DicomUid.IsValid(instance) && IsTagPath(tags) => On("study.retrieve", study),
            [.. var part, "bulkdata" or "pixeldata"] when IsSeriesOrInstance(part) => On("study.retrieve", study),
            _ when IsSeriesOrInstance(rest) => On("study.retrieve", study),
            _ => PacsOperation.Unknown,
        };
    }

    private static PacsOperation? Search(ImmutableArray<QueryArgument> query)
    {
        (bool clear, string? study, string? patient) = QidoKeys.Of(query);
        return !clear ? PacsOperation.Unknown
            : study is not null ? On("study.search", new PacsResource.Study(study))
            : patient is not null ? On("study.search", new PacsResource.Patient(patient))
            : On("study.search", Archive);
    }

    private static bool NamesAnotherStudy(string uid, ImmutableArray<QueryArgument> query)
    {
        (bool clear, string? study, _) = QidoKeys.Of(query);
        // The path and the query must not point at different studies: archives differ in which of them counts.
        return !clear || QidoKeys.HasStudyKey(query) && study != uid;
    }

    private static bool IsSeriesOrInstance(ReadOnlySpan<string> part) => part switch
    {
        [] => true,
        ["series", var series] => DicomUid.IsValid(series),
        ["series", var series, "instances", var instance] => DicomUid.IsValid(series) && DicomUid.IsValid(instance),
        _ => false,
    };

    private static bool HasUids(ReadOnlySpan<string> rest) => rest is not ["series", var series, "instances"] || DicomUid.IsValid(series);

    private static bool IsRejection(ReadOnlySpan<string> rest) => rest is [.. var part, "reject", _] && IsSeriesOrInstance(part);

    private static bool IsFrameList(string frames) => frames.Split(',').All(frame => frame.Length is > 0 and <= 9 && frame.All(char.IsAsciiDigit));

    private static bool IsTagPath(ReadOnlySpan<string> tags)
    {
        foreach (string tag in tags)
        {
            if (!tag.All(char.IsAsciiLetterOrDigit))
            {
                return false;
            }
        }

        return tags.Length > 0;
    }

    private static PacsOperation On(string action, PacsResource resource) => new(action, resource, PacsOperation.DicomWebProtocol);
}
