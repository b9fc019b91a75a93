using System.Globalization;
using System.Text;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export.Formats;

/// <summary>
/// A message of RFC 5424 around an event, of the facility for audit. PROCID is the event's number in the trail: whoever collects them
/// sees by it what was sent twice
/// and that nothing is missing.
/// </summary>
internal static class SyslogLine
{
    /// <summary>What IHE calls an audit message of DICOM (ITI-20).</summary>
    public const string DicomMessage = "IHE+RFC-3881";

    public const string OcsfMessage = "OCSF";
    private const int Facility = 10;
    private const int Notice = 5;
    private const int Warning = 4;
    private const int HostLengthMax = 255;

    public static byte[] Of(TrailEntry entry, ExportOrigin origin, string messageId, ReadOnlySpan<byte> content)
    {
        bool usual = entry.Succeeded && entry.Action is not (AuditActions.SecurityAlert or AuditActions.EmergencyStart);
        int severity = usual ? Notice : Warning;
        int priority = (Facility * 8) + severity;
        string header = string.Create(CultureInfo.InvariantCulture,
            $"<{priority}>1 {Timestamps.Of(entry.OccurredAt)} {Name(origin.Host)} accessgov-audit {entry.Sequence} {messageId} - ");
        return [.. Encoding.ASCII.GetBytes(header), .. content];
    }

    /// <summary>Names in the header are printable ASCII without blanks; none at all is a hyphen.</summary>
    private static string Name(string host)
    {
        string name = new([.. host.Where(letter => letter is > ' ' and < '\x7f').Take(HostLengthMax)]);
        return name.Length == 0 ? "-" : name;
    }
}
