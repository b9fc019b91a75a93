using System.Collections.Immutable;

namespace AccessGov.ArchiveRequests;

/// <summary>WADO-URI (DICOM PS3.18, chapter 9): everything is in the query.</summary>
internal static class WadoUriOperations
{
    public static PacsOperation? Of(PacsMethod method, ImmutableArray<QueryArgument> query)
    {
        var values = query.DistinctBy(argument =>
            argument.Name).ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.OrdinalIgnoreCase);
        if (method != PacsMethod.Get || query.Any(argument =>
            argument.Name is not ("requestType" or "studyUID" or "seriesUID" or "objectUID")
            && Keys.Contains(argument.Name, StringComparer.OrdinalIgnoreCase)))
        {
            return PacsOperation.Unknown;
        }

        return values.GetValueOrDefault("requestType") == "WADO" && IsUid("studyUID") && IsUid("seriesUID") && IsUid("objectUID")
            ? new PacsOperation(ShowsPictureOnly(values.GetValueOrDefault("contentType")) ? "study.view" : "study.retrieve",
                new PacsResource.Study(values["studyUID"]), PacsOperation.WadoUriProtocol)
            : PacsOperation.Unknown;

        bool IsUid(string name) => values.TryGetValue(name, out string? uid) && DicomUid.IsValid(uid);
    }

    private static readonly string[] Keys = ["requestType", "studyUID", "seriesUID", "objectUID"];

    /// <summary>A rendering is the least; what is not known to be one counts as the original.</summary>
    private static bool ShowsPictureOnly(string? contentType) =>
        contentType is null or "" or "image/jpeg" or "image/jpg" or "image/png" or "image/gif";
}
