using System.Globalization;

namespace AccessGov.Audit.Tests.Search;

public sealed class InstantTextTests
{
    [Theory]
    [InlineData("2026-01-31T12:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:01Z", "2026-01-31T12:00:01Z")]
    [InlineData("2026-01-31T12:00:01.5Z", "2026-01-31T12:00:01.5Z")]
    [InlineData("2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T13:00:00 01:00", null)]
    [InlineData("2026-01-31T12:00:00", null)]
    [InlineData("2026-01-31", null)]
    [InlineData("2026-02-30T12:00:00Z", null)]
    [InlineData("2026-01-31T12:00:00ZZ", null)]
    [InlineData("2026-01-31T12:00:00+01:00Z", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_instant_says_its_offset(string? text, string? instant) =>
        InstantText.Parse(text).ShouldBe(instant is null ? null : DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture));
}
