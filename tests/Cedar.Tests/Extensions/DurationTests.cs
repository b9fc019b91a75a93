namespace AccessGov.Cedar.Tests.Extensions;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0ms", 0)]
    [InlineData("0d0s", 0)]
    [InlineData("-0s", 0)]
    [InlineData("1ms", 1)]
    [InlineData("1s", 1000)]
    [InlineData("1m", 60000)]
    [InlineData("1h", 3600000)]
    [InlineData("1d", 86400000)]
    [InlineData("12s340ms", 12340)]
    [InlineData("1s234ms", 1234)]
    [InlineData("-1ms", -1)]
    [InlineData("-1s", -1000)]
    [InlineData("-4s200ms", -4200)]
    [InlineData("-9s876ms", -9876)]
    [InlineData("106751d23h47m16s854ms", 9223372036854)]
    [InlineData("-106751d23h47m16s854ms", -9223372036854)]
    [InlineData("-9223372036854775808ms", long.MinValue)]
    [InlineData("9223372036854775807ms", long.MaxValue)]
    [InlineData("1d2h3m4s5ms", 93784005)]
    [InlineData("2d12h", 216000000)]
    [InlineData("3m30s", 210000)]
    [InlineData("1h30m45s", 5445000)]
    [InlineData("2d5h20m", 192000000)]
    [InlineData("-1d12h", -129600000)]
    [InlineData("-3h45m", -13500000)]
    [InlineData("1d1ms", 86400001)]
    [InlineData("59m59s999ms", 3599999)]
    [InlineData("23h59m59s999ms", 86399999)]
    [InlineData("0d0h0m0s0ms", 0)]
    [InlineData("000000000000000000000000000001s", 1000)]
    public void A_valid_duration_is_its_milliseconds(string text, long milliseconds)
    {
        DurationValue.TryParse(text, out DurationValue? value).ShouldBeTrue();
        value!.Milliseconds.ShouldBe(milliseconds);
        Json.RoundTrip(value).ShouldBe(value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("d")]
    [InlineData("5")]
    [InlineData("1d-1s")]
    [InlineData("--1s")]
    [InlineData("+1s")]
    [InlineData("1d2h3m4s5ms6")]
    [InlineData("1x2m3s")]
    [InlineData("1.23s")]
    [InlineData("1s1d")]
    [InlineData("1s1s")]
    [InlineData("1S")]
    [InlineData("1d2h3m4s5ms ")]
    [InlineData(" 1d2h3m4s5ms")]
    [InlineData("1d 2h")]
    [InlineData("1d\n")]
    [InlineData("P1D")]
    [InlineData("1d9223372036854775807ms")]
    [InlineData("1d92233720368547758071ms")]
    [InlineData("9223372036854775808ms")]
    [InlineData("9223372036854776s1ms")]
    [InlineData("-12142442932071h")]
    [InlineData("99999999999999999999999999999999999999999999999999d")]
    [InlineData("١s")]
    public void Anything_else_is_not_a_duration(string text) => DurationValue.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0ms", 0, 0, 0, 0)]
    [InlineData("999ms", 0, 0, 0, 0)]
    [InlineData("-999ms", 0, 0, 0, 0)]
    [InlineData("-1500ms", -1, 0, 0, 0)]
    [InlineData("59s", 59, 0, 0, 0)]
    [InlineData("-60000ms", -60, -1, 0, 0)]
    [InlineData("-59999ms", -59, 0, 0, 0)]
    [InlineData("61m", 3660, 61, 1, 0)]
    [InlineData("-3599999ms", -3599, -59, 0, 0)]
    [InlineData("25h", 90000, 1500, 25, 1)]
    [InlineData("-86399999ms", -86399, -1439, -23, 0)]
    [InlineData("-86400000ms", -86400, -1440, -24, -1)]
    public void Whole_units_are_cut_toward_zero(string text, long seconds, long minutes, long hours, long days)
    {
        Cedar.Outcome($"duration(\"{text}\").toSeconds() == {seconds}").ShouldBe("true");
        Cedar.Outcome($"duration(\"{text}\").toMinutes() == {minutes}").ShouldBe("true");
        Cedar.Outcome($"duration(\"{text}\").toHours() == {hours}").ShouldBe("true");
        Cedar.Outcome($"duration(\"{text}\").toDays() == {days}").ShouldBe("true");
    }

    [Fact]
    public void A_TimeSpan_becomes_its_milliseconds() => DurationValue.From(TimeSpan.FromMinutes(-1.5)).Milliseconds.ShouldBe(-90_000);
}
