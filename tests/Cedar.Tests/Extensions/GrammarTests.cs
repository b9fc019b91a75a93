using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text.RegularExpressions;
using AccessGov.Cedar.Tests.Language;

namespace AccessGov.Cedar.Tests.Extensions;

/// <summary>
/// What the four constructors accept, against descriptions of their own: a regular expression and integers without bounds. The texts are
/// good ones with a character or two changed, so that many lie just inside and just outside.
/// </summary>
public sealed class GrammarTests
{
    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string[]> Good = new(StringComparer.Ordinal)
    {
        ["decimal"] = ["0.0", "1.5", "-1.5", "12.3456", "-0.0001", "0001.10", "922337203685477.5807", "-922337203685477.5808", "922337203685477.5", "92233720368547758.0"],
        ["duration"] = ["1d", "1d2h3m4s5ms", "-90m", "0ms", "9223372036854775807ms", "-9223372036854775808ms", "106751991167d7h12m55s807ms", "10s010ms", "2562047788015h", "1h1ms"],
        ["datetime"] = ["2024-02-29", "2023-02-28", "1999-12-31T23:59:59Z", "2024-01-01T00:00:00.000Z", "2024-10-15T11:38:02+0130", "2024-10-15T11:38:02.101-2359", "0000-01-01", "9999-12-31"],
        ["ip"] = ["10.0.0.1", "10.0.0.0/8", "255.255.255.255/32", "0.0.0.0/0", "::", "::1", "1::", "2001:db8::8:800:200c:417a", "ff02::1/128", "1:2:3:4:5:6:7:8", "::ffff:a00:1", "1:2:3:4:5:6:7::", "FE80::1/64"],
    };

    [Theory]
    [InlineData("decimal")]
    [InlineData("duration")]
    [InlineData("datetime")]
    [InlineData("ip")]
    public void A_constructor_accepts_what_its_description_does_and_means_the_same(string constructor)
    {
        int accepted = 0;
        string[] texts = [.. Texts(constructor, 8_000)];
        foreach (string text in texts)
        {
            object? expected = constructor switch { "decimal" => OfDecimal(text), "duration" => OfDuration(text), "datetime" => OfDatetime(text), _ => OfAddress(text) };
            Value actual = ExtensionFunction.Find(constructor)!.Call([Value.Of(text)]);
            object? meant = actual switch
            {
                DecimalValue number => (BigInteger)number.TenThousandths,
                DurationValue length => (BigInteger)length.Milliseconds,
                DatetimeValue instant => (BigInteger)instant.EpochMilliseconds,
                IpAddressValue address => address.ConstructorArgument,
                _ => null,
            };

            meant.ShouldBe(expected, $"{constructor}(\"{text}\")");
            accepted += expected is null ? 0 : 1;
        }

        accepted.ShouldBeInRange(texts.Length / 10, texts.Length * 9 / 10);
    }

    [OfficialEngineFact]
    public async Task The_official_engine_accepts_the_same_texts()
    {
        (string Constructor, string Text)[] all =
        [
            .. Good.Keys.SelectMany(constructor => Texts(constructor, 1_500).Where(text => text.All(c => c is >= ' ' and <= '~')).Select(text => (constructor, text))),
        ];

        IReadOnlyList<string> theirs = await OfficialTableTests.AskAsync(all.Select(one => $"{one.Constructor}({Value.Of(one.Text)}) == {one.Constructor}({Value.Of(one.Text)})"));

        all.Zip(theirs, (one, end) => (one, end, Ours: Ward.End($"{one.Constructor}({Value.Of(one.Text)}) == {one.Constructor}({Value.Of(one.Text)})")))
            .Where(row => (row.Ours == "true") != (row.end == "true"))
            .Select(row => $"{row.one}: ours {row.Ours}, theirs {row.end}")
            .ShouldBeEmpty();
        theirs.Count(end => end == "true").ShouldBeInRange(all.Length / 10, all.Length * 9 / 10);
    }

    [Theory]
    [InlineData("decimal")]
    [InlineData("duration")]
    [InlineData("datetime")]
    [InlineData("ip")]
    public void A_value_written_by_the_library_is_read_back_equal_and_written_the_same(string constructor)
    {
        ExtensionFunction function = ExtensionFunction.Find(constructor)!;
        foreach (ExtensionValue value in Texts(constructor, 2_000).Select(text => function.Call([Value.Of(text)])).OfType<ExtensionValue>())
        {
            if (value.ConstructorArgument is not { } argument)
            {
                continue;
            }

            Value back = function.Call([Value.Of(argument)]);
            back.ShouldBe(value);
            back.GetHashCode().ShouldBe(value.GetHashCode());
            back.ToString().ShouldBe(value.ToString());
            Json.RoundTrip(value).ShouldBe(value);
        }
    }

    private static IEnumerable<string> Texts(string constructor, int count)
    {
        var random = new Random(constructor.Length);
        string alphabet = string.Concat(Good[constructor].SelectMany(text => text).Distinct()) + " +e%\n٣Tz";
        for (int i = 0; i < count; i++)
        {
            string text = Good[constructor][random.Next(Good[constructor].Length)];
            for (int changes = random.Next(3); changes > 0; changes--)
            {
                int at = random.Next(text.Length + 1);
                char c = alphabet[random.Next(alphabet.Length)];
                text = random.Next(3) switch
                {
                    0 => text.Insert(at, c.ToString()),
                    1 when at < text.Length => text.Remove(at, 1),
                    _ when at < text.Length => text[..at] + c + text[(at + 1)..],
                    _ => text,
                };
            }

            yield return text;
        }
    }

    private static object? OfDecimal(string text)
    {
        Match match = Regex.Match(text, @"\A(?<sign>-?)(?<whole>[0-9]+)\.(?<part>[0-9]{1,4})\z", Plain, Patience);
        return match.Success ? InRange(Signed(match, BigInteger.Parse(match.Groups["whole"].Value + match.Groups["part"].Value.PadRight(4, '0'), CultureInfo.InvariantCulture))) : null;
    }

    private static object? OfDuration(string text)
    {
        Match match = Regex.Match(
            text, @"\A(?<sign>-?)(?=[0-9])((?<d>[0-9]+)d)?((?<h>[0-9]+)h)?((?<m>[0-9]+)m(?!s))?((?<s>[0-9]+)s)?((?<ms>[0-9]+)ms)?\z", Plain, Patience);
        (string Unit, long Milliseconds)[] units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
        return match.Success
            ? InRange(Signed(match, units.Where(unit => match.Groups[unit.Unit].Success)
                .Aggregate(BigInteger.Zero, (sum, unit) => sum + (BigInteger.Parse(match.Groups[unit.Unit].Value, CultureInfo.InvariantCulture) * unit.Milliseconds))))
            : null;
    }

    private static object? OfDatetime(string text)
    {
        Match match = Regex.Match(
            text,
            @"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(T(?<time>([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(\.(?<ms>[0-9]{3}))?(Z|(?<sign>[+-])(?<hh>[01][0-9]|2[0-3])(?<mm>[0-5][0-9])))?\z",
            Plain, Patience);
        if (!match.Success)
        {
            return null;
        }

        // .NET knows no year 0; it is as long as 2000 and lies five cycles of 400 years before.
        string date = match.Groups["date"].Value;
        bool isZero = date.StartsWith("0000", StringComparison.Ordinal);
        if (!DateTime.TryParseExact(isZero ? "2000" + date[4..] : date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime day))
        {
            return null;
        }

        BigInteger milliseconds = new DateTimeOffset(day).ToUnixTimeMilliseconds() - (isZero ? 5L * 146_097 * 86_400_000 : 0);
        milliseconds += match.Groups["time"].Success ? (long)TimeSpan.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture).TotalMilliseconds : 0;
        milliseconds += match.Groups["ms"].Success ? int.Parse(match.Groups["ms"].Value, CultureInfo.InvariantCulture) : 0;
        if (match.Groups["sign"].Success)
        {
            int offset = ((int.Parse(match.Groups["hh"].Value, CultureInfo.InvariantCulture) * 60) + int.Parse(match.Groups["mm"].Value, CultureInfo.InvariantCulture)) * 60_000;
            milliseconds += match.Groups["sign"].Value == "+" ? -offset : offset;
        }

        return milliseconds;
    }

    // .NET reads addresses more freely; what is left of them after the pattern, it reads right.
    private static object? OfAddress(string text)
    {
        Match match = Regex.Match(text, @"\A(?<address>(?<v4>[0-9.]+)|[0-9a-fA-F:]+)(/(?<prefix>0|[1-9][0-9]{0,2}))?\z", Plain, Patience);
        bool isIpv4 = match.Groups["v4"].Success;
        if (!match.Success || !IPAddress.TryParse(match.Groups["address"].Value, out IPAddress? address) || (address.AddressFamily == AddressFamily.InterNetwork) != isIpv4
            || (isIpv4 && match.Groups["address"].Value != address.ToString()))
        {
            return null;
        }

        int width = isIpv4 ? 32 : 128;
        int prefix = match.Groups["prefix"].Success ? int.Parse(match.Groups["prefix"].Value, CultureInfo.InvariantCulture) : width;
        return prefix > width ? null : IpAddressValue.FromBytes(address.GetAddressBytes(), prefix).ConstructorArgument;
    }

    private static BigInteger Signed(Match match, BigInteger magnitude) => match.Groups["sign"].Value == "-" ? -magnitude : magnitude;

    private static object? InRange(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? number : null;
}
