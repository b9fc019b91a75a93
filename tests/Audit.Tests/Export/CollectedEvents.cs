using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

/// <summary>What a collector has of the exported events.</summary>
internal static class CollectedEvents
{
    public static Rsyslog New(string folder, IssuingAuthority authority) =>
        new(folder, authority, "accessgov-audit", "%pri% %procid% %msgid% %msg%");

    /// <summary>By the number of the event.</summary>
    public static IReadOnlyList<(string Priority, long Sequence, string Kind, string Content)> Messages(this Rsyslog collector) =>
    [
        .. collector.Lines().Select(line => line.Split(' ', 4)).Where(parts => parts.Length == 4 && long.TryParse(parts[1], out _))
            .Select(parts => (parts[0], long.Parse(parts[1]), parts[2], parts[3])),
    ];
}
