using System.ComponentModel.DataAnnotations;

namespace AccessGov.Edge.Tests;

public sealed class EdgeOptionsTests
{
    [Theory]
    [InlineData("https://break-glass.hospital.test", false, true)]
    [InlineData("http://127.0.0.1:7003", false, true)]
    [InlineData("http://[::1]:7003", false, true)]
    [InlineData("http://localhost:7003", false, true)]
    [InlineData("http://10.1.2.3:7003", false, false)]
    [InlineData("http://10.1.2.3:7003", true, true)]
    [InlineData("ftp://10.1.2.3", true, false)]
    [InlineData("/break-glass", true, false)]
    public void Keys_and_the_time_are_asked_over_https_or_on_this_machine(string address, bool allowed, bool good)
    {
        var there = new Uri(address, UriKind.RelativeOrAbsolute);
        var here = new Uri("http://127.0.0.1:7003");

        Faults(there, here, allowed).Contains("BreakGlassUrl", StringComparer.Ordinal).ShouldBe(!good);
        Faults(here, there, allowed).Contains("Client:TokenUrl", StringComparer.Ordinal).ShouldBe(!good);
    }

    private static IEnumerable<string> Faults(Uri breakGlass, Uri tokens, bool allowed)
    {
        var options = new EdgeOptions
        {
            Name = "radiology", Directory = "/journal", Issuer = "https://issuer.test", BreakGlassUrl = breakGlass, AllowHttp = allowed,
        };
        (options.Client.TokenUrl, options.Client.ClientId, options.Client.SecretFile) = (tokens, "edge", "/secret");
        options.Archive.Url = new Uri("http://127.0.0.1:8042");
        return options.Validate(new ValidationContext(options)).SelectMany(fault => fault.MemberNames);
    }
}
