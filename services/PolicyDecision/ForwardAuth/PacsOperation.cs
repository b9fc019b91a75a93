using System.Collections.Immutable;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>
/// What a request to an archive does, in the words of policies. Pure: the same method and target always give the same operation. Whatever is not listed here is
/// <see cref="Unknown"/>, and so denied.
/// </summary>
/// <param name="Action">The action's name.</param>
/// <param name="Resource">What it is done to.</param>
/// <param name="Protocol">dicomweb, wado-uri or orthanc-rest.</param>
/// <param name="Destination">Where the data goes, when it goes somewhere.</param>
internal sealed record PacsOperation(string Action, PacsResource Resource, string Protocol, string? Destination = null)
{
    public const string DicomWebProtocol = "dicomweb";
    public const string WadoUriProtocol = "wado-uri";
    public const string OrthancProtocol = "orthanc-rest";

    /// <summary>Not mapped, or not to be read in one way only.</summary>
    public static PacsOperation? Unknown => null;

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
        return !plugin && paths.Orthanc is { } orthanc && Below(read.Segments, orthanc) is { } rest ? OrthancOperations.Of(verb, rest) : Unknown;
    }

    private static ImmutableArray<string>? Below(ImmutableArray<string> segments, ImmutableArray<string> root) =>
        segments.Length >= root.Length && segments.AsSpan(0, root.Length).SequenceEqual(root.AsSpan()) ? segments[root.Length..] : null;
}

internal enum PacsMethod { Get, Post, Put, Delete }

/// <summary>Where an archive's interfaces are; null where it has none.</summary>
internal sealed record PacsPaths(ImmutableArray<string>? DicomWeb, ImmutableArray<string>? Wado, ImmutableArray<string>? Orthanc)
{
    public static PacsPaths Of(string? dicomWeb, string? wado, string? orthanc) => new(Segments(dicomWeb), Segments(wado), Segments(orthanc));

    private static ImmutableArray<string>? Segments(string? path) =>
        string.IsNullOrEmpty(path) ? null : [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];
}

/// <summary>What an operation is done to.</summary>
internal abstract record PacsResource
{
    private PacsResource() { }

    public sealed record Study(string Uid) : PacsResource;

    /// <summary>By PatientID; the archive may find it without regard to case.</summary>
    public sealed record Patient(string Id) : PacsResource;

    public sealed record OrthancStudy(string OrthancId) : PacsResource;

    public sealed record OrthancPatient(string OrthancId) : PacsResource;

    /// <summary>Everything, or what the target does not name: only rights that have no narrower scope reach it.</summary>
    public sealed record Archive : PacsResource;
}
