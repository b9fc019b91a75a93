using AccessGov.Cedar.Tests.Language;

namespace AccessGov.Cedar.Tests.Extensions;

/// <summary>Calls of extension functions and how they end, which <see cref="OfficialTableTests"/> asks the official engine about too.</summary>
public sealed class CallTableTests
{
    public static TheoryData<string, string> Addresses => Ward.Table(
        """
        context.ip.isIpv4() => true
        context.ip.isIpv6() => false
        ip("::").isIpv6() => true
        ip("::ffff:a00:1").isIpv4() => false
        ip("0.0.0.0/0").isIpv4() => true
        context.ip.isInRange(ip("10.0.0.0/8")) => true
        context.ip.isInRange(ip("10.0.0.0/31")) => true
        context.ip.isInRange(ip("10.0.0.2/31")) => false
        context.ip.isInRange(ip("10.0.0.1")) => true
        context.ip.isInRange(ip("::/0")) => false
        ip("10.0.0.0/8").isInRange(context.ip) => false
        ip("10.0.0.0/8").isInRange(ip("10.255.255.255/8")) => true
        ip("10.0.0.0/8").isInRange(ip("0.0.0.0/0")) => true
        ip("0.0.0.0/0").isInRange(ip("10.0.0.0/8")) => false
        ip("9.255.255.255").isInRange(ip("10.0.0.0/8")) => false
        ip("11.0.0.0").isInRange(ip("10.0.0.0/8")) => false
        ip("10.255.255.255").isInRange(ip("10.0.0.0/8")) => true
        ip("2001:db8::/32").isInRange(ip("2001::/16")) => true
        ip("2001:db8::/32").isInRange(ip("2001:db8::/33")) => false
        ip("2001:db9::").isInRange(ip("2001:db8::/32")) => false
        ip("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff").isInRange(ip("2001:db8::/32")) => true
        ip("::2/127").isInRange(ip("::3/127")) => true
        ip("::1").isLoopback() => true
        ip("::2").isLoopback() => false
        ip("::1/127").isLoopback() => false
        ip("127.255.255.255").isLoopback() => true
        ip("126.255.255.255").isLoopback() => false
        ip("128.0.0.0").isLoopback() => false
        ip("127.0.0.0/8").isLoopback() => true
        ip("127.0.0.0/7").isLoopback() => false
        ip("224.0.0.0").isMulticast() => true
        ip("223.255.255.255").isMulticast() => false
        ip("239.255.255.255").isMulticast() => true
        ip("240.0.0.0").isMulticast() => false
        ip("224.0.0.0/4").isMulticast() => true
        ip("224.0.0.0/3").isMulticast() => false
        ip("ff00::").isMulticast() => true
        ip("ffff::").isMulticast() => true
        ip("feff::").isMulticast() => false
        ip("ff00::/7").isMulticast() => false
        ip(context.s).isIpv4() => ExtensionFunctionFailed: "text" is not an IP address or range that Cedar accepts
        ip("").isIpv4() => ExtensionFunctionFailed
        ip("10.0.0.1\n").isIpv4() => ExtensionFunctionFailed
        ip("::ffff:10.0.0.1").isIpv6() => ExtensionFunctionFailed
        """);

    public static TheoryData<string, string> Decimals => Ward.Table(
        """
        context.dec.lessThan(decimal("1.5001")) => true
        context.dec.lessThan(decimal("1.5")) => false
        context.dec.lessThanOrEqual(decimal("1.5")) => true
        context.dec.lessThanOrEqual(decimal("1.4999")) => false
        context.dec.greaterThan(decimal("1.4999")) => true
        context.dec.greaterThan(decimal("1.5")) => false
        context.dec.greaterThanOrEqual(decimal("1.5")) => true
        context.dec.greaterThanOrEqual(decimal("1.5001")) => false
        decimal("-922337203685477.5808").lessThan(decimal("922337203685477.5807")) => true
        decimal("922337203685477.5807").lessThan(decimal("-922337203685477.5808")) => false
        decimal("-1.0").lessThan(decimal("-0.9999")) => true
        decimal("-0.0001").lessThan(decimal("0.0")) => true
        decimal("0.0").greaterThan(decimal("-0.0001")) => true
        decimal("-0.5").greaterThan(decimal("-0.6")) => true
        decimal("0.1") == decimal("0.10") => true
        decimal("00001.1") == decimal("1.1") => true
        decimal("922337203685477.5808") == 1 => ExtensionFunctionFailed
        decimal("-922337203685477.5809") == 1 => ExtensionFunctionFailed
        decimal("1.00000") == 1 => ExtensionFunctionFailed
        decimal("1") == 1 => ExtensionFunctionFailed: "1" is not a decimal with 1 to 4 digits after the point, or out of range
        decimal("1.") == 1 => ExtensionFunctionFailed
        decimal(".1") == 1 => ExtensionFunctionFailed
        decimal("1.5") < decimal("1.6") => TypeError: type error: expected one of [long, datetime, duration], got decimal
        """);

    public static TheoryData<string, string> Datetimes => Ward.Table(
        """
        context.day < datetime("2024-03-01") => true
        context.day < datetime("2024-02-29T00:00:00.001Z") => true
        context.day <= datetime("2024-02-29") => true
        context.day > datetime("2024-02-28T23:59:59.999Z") => true
        context.day >= datetime("2024-03-01") => false
        context.day.offset(duration("1d")) == datetime("2024-03-01") => true
        datetime("2023-02-28").offset(duration("1d")) == datetime("2023-03-01") => true
        datetime("1900-02-28").offset(duration("1d")) == datetime("1900-03-01") => true
        datetime("2000-02-28").offset(duration("1d")) == datetime("2000-02-29") => true
        datetime("2023-12-31").offset(duration("1d")) == datetime("2024-01-01") => true
        datetime("2024-03-01").offset(duration("-1d")) == context.day => true
        datetime("1970-01-01").offset(duration("-1ms")) == datetime("1969-12-31T23:59:59.999Z") => true
        datetime("9999-12-31T23:59:59.999Z").offset(duration("1ms")) > datetime("9999-12-31T23:59:59.999Z") => true
        datetime("0000-01-01").offset(duration("-1ms")) < datetime("0000-01-01") => true
        datetime("1970-01-02").offset(duration("9223372036854775807ms")) == context.day => ExtensionFunctionFailed
        datetime("1969-12-31").offset(duration("-9223372036854775808ms")) == context.day => ExtensionFunctionFailed
        datetime("1970-01-01").offset(duration("9223372036854775807ms")) > context.day => true
        datetime("1970-01-01").offset(duration("-9223372036854775808ms")) < context.day => true
        datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toDate() < context.day => ExtensionFunctionFailed
        datetime("1970-01-01").offset(duration("9223372036854775807ms")).toDate() > context.day => true
        datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toTime() == duration("60424192ms") => true
        datetime("1970-01-01").offset(duration("9223372036854775807ms")).toTime() == duration("25975807ms") => true
        datetime("2024-03-01").durationSince(context.day) == duration("1d") => true
        context.day.durationSince(datetime("2024-03-01")) == duration("-1d") => true
        context.day.durationSince(context.day) == duration("0ms") => true
        datetime("2024-03-01").durationSince(datetime("2023-03-01")) == duration("366d") => true
        datetime("2101-01-01").durationSince(datetime("2001-01-01")) == duration("36524d") => true
        datetime("2001-01-01").durationSince(datetime("1601-01-01")) == duration("146097d") => true
        datetime("1969-12-31").durationSince(datetime("1970-01-01").offset(duration("9223372036854775807ms"))) == 1 => ExtensionFunctionFailed
        datetime("1969-12-31T23:59:59.999Z").durationSince(datetime("1970-01-01").offset(duration("9223372036854775807ms"))) == duration("-9223372036854775808ms") => true
        datetime("1970-01-01").durationSince(datetime("1970-01-01").offset(duration("-9223372036854775808ms"))) == 1 => ExtensionFunctionFailed
        datetime("2024-02-29T13:14:15.016Z").toDate() == context.day => true
        datetime("2024-02-29T13:14:15.016Z").toTime() == duration("13h14m15s16ms") => true
        datetime("1969-12-31T13:14:15Z").toDate() == datetime("1969-12-31") => true
        datetime("1969-12-31T13:14:15Z").toTime() == duration("13h14m15s") => true
        datetime("0000-01-01T00:00:00.001Z").toTime() == duration("1ms") => true
        datetime("2024-03-01T00:30:00+0100").toDate() == context.day => true
        datetime("2024-02-29T23:30:00-0100").toDate() == datetime("2024-03-01") => true
        datetime("2024-02-29T23:59:00+2359") == context.day => true
        datetime("2024-02-30") == 1 => ExtensionFunctionFailed: "2024-02-30" is not a valid datetime
        datetime("2023-02-29") == 1 => ExtensionFunctionFailed
        datetime("2100-02-29") == 1 => ExtensionFunctionFailed
        datetime("2400-02-29").toTime() == duration("0ms") => true
        datetime("2024-04-31") == 1 => ExtensionFunctionFailed
        datetime("2024-02-29T24:00:00Z") == 1 => ExtensionFunctionFailed
        datetime("2024-02-29T00:00:00+2400") == 1 => ExtensionFunctionFailed
        datetime("2024-02-29T00:00Z") == 1 => ExtensionFunctionFailed
        context.day < context.span => TypeError: type error: expected datetime, got duration
        context.day + 1 == 1 => TypeError
        """);

    public static TheoryData<string, string> Durations => Ward.Table(
        """
        context.span == duration("3600000ms") => true
        context.span < duration("1h1ms") => true
        context.span <= duration("60m") => true
        context.span > duration("-1h") => true
        context.span >= duration("3601s") => false
        duration("-1d") < duration("-23h") => true
        context.span.toMilliseconds() == 3600000 => true
        context.span.toSeconds() == 3600 => true
        context.span.toMinutes() == 60 => true
        context.span.toHours() == 1 => true
        context.span.toDays() == 0 => true
        duration("-1ms").toSeconds() == 0 => true
        duration("-1001ms").toSeconds() == -1 => true
        duration("23h59m59s999ms").toDays() == 0 => true
        duration("-23h59m59s999ms").toDays() == 0 => true
        duration("-1d").toDays() == -1 => true
        duration("9223372036854775807ms").toMilliseconds() == 9223372036854775807 => true
        duration("-9223372036854775808ms").toMilliseconds() == -9223372036854775808 => true
        duration("9223372036854775807ms").toDays() == 106751991167 => true
        duration("-9223372036854775808ms").toDays() == -106751991167 => true
        duration("106751991167d7h12m55s807ms") == duration("9223372036854775807ms") => true
        duration("106751991167d7h12m55s808ms") == 1 => ExtensionFunctionFailed
        duration("-106751991167d7h12m55s808ms") == duration("-9223372036854775808ms") => true
        duration("-106751991167d7h12m55s809ms") == 1 => ExtensionFunctionFailed
        duration("106751991168d") == 1 => ExtensionFunctionFailed
        duration("2562047788015h") < duration("2562047788015h12m55s807ms") => true
        duration("2562047788016h") == 1 => ExtensionFunctionFailed
        duration("1h60m") == duration("2h") => true
        duration("1d25h") == duration("2d1h") => true
        duration("1m1h") == 1 => ExtensionFunctionFailed: "1m1h" is not a valid duration, or out of range
        duration("1h1h") == 1 => ExtensionFunctionFailed
        duration("1h-1m") == 1 => ExtensionFunctionFailed
        duration("1.5h") == 1 => ExtensionFunctionFailed
        duration("1w") == 1 => ExtensionFunctionFailed
        duration("PT1H") == 1 => ExtensionFunctionFailed
        duration("1 h") == 1 => ExtensionFunctionFailed
        duration("") == 1 => ExtensionFunctionFailed
        duration("-") == 1 => ExtensionFunctionFailed
        """);

    public static TheoryData<string, string> Arguments => Ward.Table(
        """
        ip() == 1 => WrongNumberOfArguments: wrong number of arguments provided to extension function `ip`: expected 1, got 0
        ip("::", "::") == 1 => WrongNumberOfArguments: wrong number of arguments provided to extension function `ip`: expected 1, got 2
        decimal() == 1 => WrongNumberOfArguments
        datetime("2024-01-01", 1) == 1 => WrongNumberOfArguments
        duration("1s", "2s", "3s") == 1 => WrongNumberOfArguments: wrong number of arguments provided to extension function `duration`: expected 1, got 3
        context.ip.isIpv4(1) => WrongNumberOfArguments: wrong number of arguments provided to extension function `isIpv4`: expected 1, got 2
        context.ip.isInRange() => WrongNumberOfArguments: wrong number of arguments provided to extension function `isInRange`: expected 2, got 1
        context.dec.lessThan() => WrongNumberOfArguments
        context.dec.greaterThan(context.dec, context.dec) => WrongNumberOfArguments
        context.day.offset() == 1 => WrongNumberOfArguments
        context.day.offset(context.span, context.span) == 1 => WrongNumberOfArguments
        context.day.durationSince() == 1 => WrongNumberOfArguments
        context.day.toDate(context.day) == 1 => WrongNumberOfArguments
        context.day.toTime(1) == 1 => WrongNumberOfArguments
        context.span.toSeconds(1) == 1 => WrongNumberOfArguments
        context.no && ip() == 1 => false
        context.n.toSeconds(1) == 1 => WrongNumberOfArguments
        context.nope.toSeconds(1) == 1 => RecordAttributeDoesNotExist
        """);

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Addresses_and_ranges(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Decimals))]
    public void Decimals_are_exact_to_four_places(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Datetimes))]
    public void Datetimes_are_instants_of_the_calendar(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Durations))]
    public void Durations_are_whole_milliseconds(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Arguments))]
    public void A_wrong_number_of_arguments_is_counted_with_the_receiver(string expression, string expected) => Ward.ShouldEnd(expression, expected);
}
