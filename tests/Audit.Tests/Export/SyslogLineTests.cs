using System.Text.RegularExpressions;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Tests.Export;

public sealed class SyslogLineTests
{
    [Fact]
    public void A_line_is_RFC_5424_with_the_message_id_of_IHE() =>
        Line(Leaves.Leaf(42)).ShouldBe("<85>1 2026-11-27T18:40:00.123456Z audit.hospital.test accessgov-audit 42 IHE+RFC-3881 - <x/>");

    [Theory]
    [InlineData(AuditActions.View, "denied", 84)]
    [InlineData(AuditActions.View, "failure", 84)]
    [InlineData(AuditActions.View, "success", 85)]
    [InlineData(AuditActions.SecurityAlert, "success", 84)]
    [InlineData(AuditActions.EmergencyStart, "success", 84)]
    public void What_somebody_should_look_at_is_a_warning(string action, string outcome, int priority) =>
        Line(Leaves.Leaf(action: action, outcome: outcome)).ShouldStartWith($"<{priority}>1 ");

    [Theory]
    [InlineData("héall o", "hallo")]
    [InlineData("", "-")]
    public void A_name_in_the_header_is_printable_ASCII(string host, string name) =>
        Regex.Match(Leaves.Utf8(SyslogLine.Of(Leaves.Entry(Leaves.Leaf()), Leaves.Origin with { Host = host }, "OCSF", "{}"u8)),
            @"Z (\S+) accessgov").Groups[1].Value.ShouldBe(name);

    private static string Line(byte[] leaf) => Leaves.Utf8(SyslogLine.Of(
        Leaves.Entry(leaf), Leaves.Origin, SyslogLine.DicomMessage, "<x/>"u8));
}
