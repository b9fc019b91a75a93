using System.Collections.Immutable;
using static AccessGov.ArchiveRequests.PacsMethod;

namespace AccessGov.ArchiveRequests;

/// <summary>QIDO-RS, WADO-RS, STOW-RS and deletion (DICOM PS3.18), below the DICOMweb root.</summary>
internal static class DicomWebOperations
{
    private static readonly PacsResource.Archive Archive = new();

    // Segment by segment: one switch over whole paths costs the compiler minutes and gigabytes.
    public static PacsOperation? Of(PacsMethod method, ImmutableArray<string> path, ImmutableArray<QueryArgument> query)
    {
        string first = path.IsEmpty ? "" : path[0];
        return first switch
        {
            "studies" when path.Length > 1 =>
                DicomUid.IsValid(path[1]) ? OfStudy(method, path[1], path.AsSpan()[2..], query) : PacsOperation.Unknown,
            "studies" when method == Post => On("study.store", Archive),
            "studies" or "series" or "instances" when path.Length == 1 && method == Get => Search(query),
            "info" when path.Length == 1 && method == Get => On("archive.use-ui", Archive),
            "app" when method == Get => On("archive.use-ui", Archive),
            // The archive as a client of other servers: which studies is in the body.
            "servers" when method == Post && path.Length == 3 && path[2] == "stow" =>
                new("study.send", Archive, PacsOperation.DicomWebProtocol, path[1]),
            "servers" => On("archive.administer", Archive),
            _ => PacsOperation.Unknown,
        };
    }

    private static PacsOperation? OfStudy(
        PacsMethod method, string uid, ReadOnlySpan<string> rest, ImmutableArray<QueryArgument> query) => method switch
    {
        Get => Read(uid, rest, query),
        Post when rest.IsEmpty => On("study.append", new PacsResource.Study(uid)),
        // Rejection (IHE IOCM) hides objects as deletion does.
        Post when IsRejection(rest) => On("study.delete", new PacsResource.Study(uid)),
        Put when rest.IsEmpty => On("study.modify", new PacsResource.Study(uid)),
        Delete when IsSeriesOrInstance(rest) => On("study.delete", new PacsResource.Study(uid)),
        _ => PacsOperation.Unknown,
    };

    private static PacsOperation? Read(string uid, ReadOnlySpan<string> rest, ImmutableArray<QueryArgument> query)
    {
        var study = new PacsResource.Study(uid);
        if (rest is ["series"] or ["instances"] or ["series", _, "instances"])
        {
            return HasUids(rest) && !NamesAnotherStudy(uid, query) ? On("study.search", study) : PacsOperation.Unknown;
        }

        string last = rest.IsEmpty ? "" : rest[^1];
        bool isPart = rest.Length > 0 && IsSeriesOrInstance(rest[..^1]);
        return last switch
        {
            "metadata" when isPart => On("study.read-metadata", study),
            "rendered" or "thumbnail" when isPart || (rest.Length == 7 && IsFrames(rest[..^1])) => On("study.view", study),
            "bulkdata" or "pixeldata" when isPart => On("study.retrieve", study),
            _ when IsSeriesOrInstance(rest) || IsFrames(rest) || IsBulkData(rest) => On("study.retrieve", study),
            _ => PacsOperation.Unknown,
        };
    }

    private static bool IsFrames(ReadOnlySpan<string> rest) =>
        rest.Length == 6 && IsSeriesOrInstance(rest[..4]) && rest[4] == "frames" && IsFrameList(rest[5]);

    private static bool IsBulkData(ReadOnlySpan<string> rest) =>
        rest.Length >= 5 && IsSeriesOrInstance(rest[..4]) && rest[4] == "bulkdata" && IsTagPath(rest[5..]);

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

    private static bool IsFrameList(string frames) => frames.Split(',').All(frame => frame.Length is > 0 and <= 9
        && frame.All(char.IsAsciiDigit));

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
