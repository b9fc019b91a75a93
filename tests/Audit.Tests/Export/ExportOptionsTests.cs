using System.ComponentModel.DataAnnotations;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Destinations;

namespace AccessGov.Audit.Tests.Export;

public sealed class ExportOptionsTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    [Theory]
    [InlineData("siem", "SyslogTls", "collector.test", null)]
    [InlineData("siem", "SyslogTls", "collector.test:6515", "Ocsf")]
    [InlineData("repository", "Fhir", "https://fhir.test/r4", null)]
    public void What_can_be_is_taken(string name, string kind, string address, string? format) =>
        Faults(name, Of(Enum.Parse<DestinationKind>(kind), address, format)).ShouldBeEmpty();

    [Theory]
    [InlineData("SIEM", "SyslogTls", "collector.test", null)]
    [InlineData("siem", "SyslogTls", "", null)]
    [InlineData("siem", "SyslogTls", "collector.test/path", null)]
    [InlineData("siem", "SyslogTls", "collector.test:99999", null)]
    [InlineData("siem", "SyslogTls", "collector.test", "Csv")]
    [InlineData("repository", "Fhir", "http://fhir.test/r4", null)]
    [InlineData("repository", "Fhir", "https://fhir.test/r4", "Ocsf")]
    public void What_cannot_be_is_refused_at_the_start(string name, string kind, string address, string? format) =>
        Faults(name, Of(Enum.Parse<DestinationKind>(kind), address, format)).ShouldNotBeEmpty();

    [Fact]
    public void Without_a_kind_an_authority_or_a_certificate_there_is_no_destination()
    {
        DestinationOptions kind = Of(DestinationKind.SyslogTls, "c.test"), authority = Of(DestinationKind.SyslogTls, "c.test"),
            certificate = Of(DestinationKind.SyslogTls, "c.test");
        DestinationOptions key = Of(DestinationKind.Fhir, "https://f.test"), absent = Of(DestinationKind.Fhir, "https://f.test");
        kind.Kind = null;
        authority.CaFile = "";
        (certificate.CertificateFile, certificate.KeyFile) = (null, null);
        key.KeyFile = null;
        absent.TokenFile = "/nowhere/token";

        new[] { kind, authority, certificate, key, absent }.ShouldAllBe(destination => Faults("siem", destination).Count > 0);
    }

    [Theory]
    [InlineData("SyslogTls", "collector.test", null, true)]
    [InlineData("SyslogTls", "collector.test", "Ocsf", false)]
    [InlineData("Fhir", "https://fhir.test/r4", null, false)]
    public void Only_DICOM_is_asked_whether_it_says_why_there_was_access(string kind, string address, string? format, bool isRight)
    {
        DestinationOptions destination = Of(Enum.Parse<DestinationKind>(kind), address, format);
        destination.PurposeOfUse = true;
        Faults("siem", destination).Any(fault => fault.ErrorMessage!.StartsWith("PurposeOfUse", StringComparison.Ordinal)).ShouldBe(!isRight);
    }

    [Theory]
    [InlineData("collector.test", "collector.test", 6514)]
    [InlineData("collector.test:601", "collector.test", 601)]
    public void A_collector_listens_on_6514_unless_it_is_said(string address, string host, int port) =>
        Of(DestinationKind.SyslogTls, address).Endpoint.ShouldBe((host, port));

    public void Dispose() => File.Delete(file);

    private DestinationOptions Of(DestinationKind kind, string address, string? format = null) =>
        new()
        {
            Kind = kind, Address = address, Format = format is null ? null : Enum.Parse<ExportFormat>(format),
            CaFile = file, CertificateFile = file, KeyFile = file,
        };

    private static List<ValidationResult> Faults(string name, DestinationOptions destination)
    {
        var options = new ExportOptions { Destinations = { [name] = destination } };
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        return found;
    }
}
