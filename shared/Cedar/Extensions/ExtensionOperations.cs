namespace AccessGov.Cedar;

/// <summary>Every extension function. Arguments are values, never failures; each checks the types of its own.</summary>
internal static class ExtensionOperations
{
    private static readonly SchemaType Ipaddr = new ExtensionSchemaType("ipaddr");
    private static readonly SchemaType Decimal = new ExtensionSchemaType("decimal");
    private static readonly SchemaType Datetime = new ExtensionSchemaType("datetime");
    private static readonly SchemaType Duration = new ExtensionSchemaType("duration");

    public static IEnumerable<ExtensionFunction> List() =>
    [
        new(
            "ip", SchemaType.String, Ipaddr,
            text => Parse<IpAddressValue>(text, IpAddressValue.TryParse, "is not an IP address or range that Cedar accepts"),
            "ip(\"10.0.0.1\") or ip(\"10.0.0.0/8\")"),
        new(
            "decimal", SchemaType.String, Decimal,
            text => Parse<DecimalValue>(text, DecimalValue.TryParse, "is not a decimal with 1 to 4 digits after the point, or out of range"),
            "decimal(\"12.34\")"),
        new(
            "datetime", SchemaType.String, Datetime,
            text => Parse<DatetimeValue>(text, DatetimeValue.TryParse, "is not a valid datetime"),
            "datetime(\"2025-01-31\") or datetime(\"2025-01-31T08:30:00Z\")"),
        new(
            "duration", SchemaType.String, Duration,
            text => Parse<DurationValue>(text, DurationValue.TryParse, "is not a valid duration, or out of range"),
            "duration(\"1d12h\") or duration(\"-90s\")"),

        new("isIpv4", Ipaddr, SchemaType.Bool, ip => ip is IpAddressValue a ? Value.Of(!a.IsIpv6) : Failure.Type("ipaddr", ip)),
        new("isIpv6", Ipaddr, SchemaType.Bool, ip => ip is IpAddressValue a ? Value.Of(a.IsIpv6) : Failure.Type("ipaddr", ip)),
        new("isLoopback", Ipaddr, SchemaType.Bool, ip => ip is IpAddressValue a ? Value.Of(a.IsLoopback) : Failure.Type("ipaddr", ip)),
        new("isMulticast", Ipaddr, SchemaType.Bool, ip => ip is IpAddressValue a ? Value.Of(a.IsMulticast) : Failure.Type("ipaddr", ip)),
        new("isInRange", Ipaddr, Ipaddr, SchemaType.Bool, (left, right) => left is not IpAddressValue a ? Failure.Type("ipaddr", left)
            : right is not IpAddressValue b ? Failure.Type("ipaddr", right)
            : Value.Of(a.IsInRange(b))),

        Comparison("lessThan", (a, b) => a < b),
        Comparison("lessThanOrEqual", (a, b) => a <= b),
        Comparison("greaterThan", (a, b) => a > b),
        Comparison("greaterThanOrEqual", (a, b) => a >= b),

        new("offset", Datetime, Duration, Datetime, Offset),
        new("durationSince", Datetime, Datetime, Duration, DurationSince),
        new("toDate", Datetime, Datetime, ToDate),
        new("toTime", Datetime, Duration, t => t is DatetimeValue a ? new DurationValue(a.MillisecondsIntoDay) : Failure.Type("datetime", t)),

        Part("toMilliseconds", 1),
        Part("toSeconds", 1_000),
        Part("toMinutes", 60_000),
        Part("toHours", 3_600_000),
        Part("toDays", 86_400_000),
    ];

    private delegate bool Parser<T>(string text, out T? value);

    private static Value Parse<T>(Value argument, Parser<T> parser, string complaint)
        where T : Value
    {
        if (argument is not StringValue text)
        {
            return Failure.Type("string", argument);
        }

        return parser(text.Text, out T? value) ? value! : Failure.Extension($"{ValueText.Quote(Excerpt.Of(text.Text))} {complaint}");
    }

    private static ExtensionFunction Comparison(string name, Func<long, long, bool> compare) => new(
        name, Decimal, Decimal, SchemaType.Bool,
        (left, right) => left is not DecimalValue a ? Failure.Type("decimal", left)
            : right is not DecimalValue b ? Failure.Type("decimal", right)
            : Value.Of(compare(a.TenThousandths, b.TenThousandths)));

    // Division of longs truncates toward zero, as Cedar asks.
    private static ExtensionFunction Part(string name, long unit) => new(
        name, Duration, SchemaType.Long, d => d is DurationValue a ? Value.Of(a.Milliseconds / unit) : Failure.Type("duration", d));

    private static Value Offset(Value left, Value right)
    {
        if (left is not DatetimeValue start)
        {
            return Failure.Type("datetime", left);
        }

        if (right is not DurationValue length)
        {
            return Failure.Type("duration", right);
        }

        long sum = unchecked(start.EpochMilliseconds + length.Milliseconds);
        return ((start.EpochMilliseconds ^ sum) & (length.Milliseconds ^ sum)) < 0
            ? Failure.Extension($"overflows when adding {length} to {start}")
            : new DatetimeValue(sum);
    }

    private static Value DurationSince(Value left, Value right)
    {
        if (left is not DatetimeValue end)
        {
            return Failure.Type("datetime", left);
        }

        if (right is not DatetimeValue start)
        {
            return Failure.Type("datetime", right);
        }

        long difference = unchecked(end.EpochMilliseconds - start.EpochMilliseconds);
        return ((end.EpochMilliseconds ^ start.EpochMilliseconds) & (end.EpochMilliseconds ^ difference)) < 0
            ? Failure.Extension($"overflows when subtracting {start} from {end}")
            : new DurationValue(difference);
    }

    private static Value ToDate(Value value)
    {
        if (value is not DatetimeValue instant)
        {
            return Failure.Type("datetime", value);
        }

        long intoDay = instant.MillisecondsIntoDay;
        return instant.EpochMilliseconds < long.MinValue + intoDay
            ? Failure.Extension($"overflows when taking the date of {instant}")
            : new DatetimeValue(instant.EpochMilliseconds - intoDay);
    }
}
