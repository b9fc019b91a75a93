using System.Collections.Immutable;

namespace AccessGov.ArchiveRequests;

/// <summary>
/// What a request to an archive does, in the words of policies. Pure: the same method and target always give the same operation. Whatever
/// is not listed here is
/// <see cref="Unknown"/>, and so denied.
/// </summary>
/// <param name="Action">The action's name.</param>
/// <param name="Resource">What it is done to.</param>
/// <param name="Protocol">dicomweb, wado-uri or orthanc-rest.</param>
/// <param name="Destination">Where the data goes, when it goes somewhere.</param>
public sealed record PacsOperation(string Action, PacsResource Resource, string Protocol, string? Destination = null)
{
    /// <summary>QIDO-RS, WADO-RS and STOW-RS.</summary>
    public const string DicomWebProtocol = "dicomweb";
    /// <summary>WADO-URI.</summary>
    public const string WadoUriProtocol = "wado-uri";
    /// <summary>Orthanc's own REST API.</summary>
    public const string OrthancProtocol = "orthanc-rest";

    /// <summary>Not mapped, or not to be read in one way only.</summary>
    public static PacsOperation? Unknown => null;

    /// <summary>What a request does; <see cref="Unknown"/> when that cannot be said.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="target">Its target, as it stood on the wire.</param>
    /// <param name="paths">Where the archive's interfaces are.</param>
    public static PacsOperation? Of(string method, string target, PacsPaths paths)
    {
        // HEAD answers what GET would; the archive treats it so. Methods are case-sensitive (RFC 9110, 9.1).
        PacsMethod? known = method switch
        {
            "GET" or "HEAD" => PacsMethod.Get,
            "POST" => PacsMethod.Post,
            "PUT" => PacsMethod.Put,
            "DELETE" => PacsMethod.Delete,
            _ => null,
        };
        if (known is not { } verb || RequestTarget.Parse(target) is not { } read)
        {
            return Unknown;
        }

        if (paths.Wado is { } wado && read.Segments.SequenceEqual(wado))
        {
            return WadoUriOperations.Of(verb, read.Query);
        }

        if (paths.DicomWeb is { } dicomWeb && Below(read.Segments, dicomWeb) is { } below)
        {
            return DicomWebOperations.Of(verb, below, read.Query);
        }

        // "/wado/" and "/dicom-web" are plugins' roots; below them nothing is Orthanc's own.
        bool plugin = read.Segments.Length > 0 && (paths.Wado is { } one && Below(read.Segments, one) is not null);
        return !plugin && paths.Orthanc is { } orthanc && Below(read.Segments, orthanc) is { } rest ? OrthancOperations.Of(verb, rest)
            : Unknown;
    }

    private static ImmutableArray<string>? Below(ImmutableArray<string> segments, ImmutableArray<string> root) =>
        segments.Length >= root.Length && segments.AsSpan(0, root.Length).SequenceEqual(root.AsSpan()) ? segments[root.Length..] : null;
}

internal enum PacsMethod { Get, Post, Put, Delete }

/// <summary>Where an archive's interfaces are; null where it has none.</summary>
/// <param name="DicomWeb">The root of DICOMweb, in segments.</param>
/// <param name="Wado">The address of WADO-URI, in segments.</param>
/// <param name="Orthanc">The root of Orthanc's own REST API, in segments.</param>
public sealed record PacsPaths(ImmutableArray<string>? DicomWeb, ImmutableArray<string>? Wado, ImmutableArray<string>? Orthanc)
{
    /// <summary>The same from paths as they are written.</summary>
    /// <param name="dicomWeb">The root of DICOMweb.</param>
    /// <param name="wado">The address of WADO-URI.</param>
    /// <param name="orthanc">The root of Orthanc's own REST API.</param>
    public static PacsPaths Of(string? dicomWeb, string? wado, string? orthanc) =>
        new(Segments(dicomWeb), Segments(wado), Segments(orthanc));

    private static ImmutableArray<string>? Segments(string? path) =>
        string.IsNullOrEmpty(path) ? null : [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];
}

/// <summary>What an operation is done to.</summary>
public abstract record PacsResource
{
    private PacsResource() { }

    /// <summary>A study.</summary>
    /// <param name="Uid">Its UID.</param>
    public sealed record Study(string Uid) : PacsResource;

    /// <summary>By PatientID; the archive may find it without regard to case.</summary>
    /// <param name="Id">The patient's id.</param>
    public sealed record Patient(string Id) : PacsResource;

    /// <summary>A study by Orthanc's id.</summary>
    /// <param name="OrthancId">A hash.</param>
    public sealed record OrthancStudy(string OrthancId) : PacsResource;

    /// <summary>A patient by Orthanc's id.</summary>
    /// <param name="OrthancId">A hash.</param>
    public sealed record OrthancPatient(string OrthancId) : PacsResource;

    /// <summary>Everything, or what the target does not name: only rights that have no narrower scope reach it.</summary>
    public sealed record Archive : PacsResource;
}
