using System.Text;
using System.Text.RegularExpressions;
using AccessGov.Audit.Ingest.Dicom;
using AccessGov.Audit.Ingest.Reported;

namespace AccessGov.Audit.Ingest.Syslog;

/// <summary>From a syslog message (RFC 5424) with an audit message of DICOM in it to events; anything else is kept unparsed.</summary>
internal static partial class SyslogMessage
{
    private const int HeaderBytesMax = 1024;

    /// <summary>The events of a message; at least one, whatever the message is.</summary>
    /// <param name="frame">The message.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="now">When it came.</param>
    public static IReadOnlyList<AuditRecord> Read(SyslogFrame frame, string source, DateTimeOffset now)
    {
        ReadOnlySpan<byte> message = frame.Bytes;
        // A header is ASCII; the rest is left to whoever reads XML.
        Match header = Header().Match(Encoding.Latin1.GetString(message[..Math.Min(message.Length, HeaderBytesMax)]));
        DateTimeOffset? sent = header.Success ? EventTime.Of(header.Groups["time"].Value) : null;
        sent = sent is { } at && EventTime.IsPlausible(at, now) ? sent : null;
        if (frame.IsTruncated)
        {
            return [Unparsed.Of(message, "truncated", sent ?? now, truncated: true)];
        }

        if (message.IndexOf((byte)'<') < 0 || (header.Success && message[header.Length..].IndexOf((byte)'<') < 0))
        {
            return [Unparsed.Of(message, "not_xml", sent ?? now)];
        }

        ReportedEvent? reported = DicomMessage.Read(header.Success ? message[header.Length..] : message, sent, out string fault);
        return reported is null ? [Unparsed.Of(message, fault, sent ?? now)]
            : reported.Objects.Count > ReportedRecords.ObjectsMax ? [Unparsed.Of(message, "too_many_objects", sent ?? now)]
            : EventTime.IsPlausible(reported.At, now) ? ReportedRecords.Of(reported, source, Unparsed.HashOf(message))
            : [Unparsed.Of(message, "time_implausible", sent ?? now)];
    }

    /// <summary>
    /// Priority, version, time, host, application, process and message id; what follows are structured data and the message.
    /// </summary>
    [GeneratedRegex(@"^<[0-9]{1,3}>[0-9]{1,2} (?<time>\S{1,64}) \S{1,255} \S{1,48} \S{1,128} \S{1,32} ",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Header();
}
