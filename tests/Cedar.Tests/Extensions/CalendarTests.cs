namespace AccessGov.Cedar.Tests.Extensions;

/// <summary>Datetimes against a calendar that is counted day by day, and against .NET's where that reaches.</summary>
public sealed class CalendarTests
{
    private const long Day = 86_400_000;

    private static readonly int[] MonthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    [Fact]
    public void Every_day_of_ten_thousand_years_is_one_after_the_day_before_and_is_written_as_it_was_read()
    {
        // The first of January of the year 0 lies so many days before 1970: counted back below.
        long days = -719_528;
        long epoch = long.MaxValue;
        for (int year = 0; year <= 9_999; year++)
        {
            for (int month = 1; month <= 12; month++)
            {
                int length = MonthLengths[month - 1] + (month == 2 && IsLeap(year) ? 1 : 0);
                for (int day = 1; day <= length; day++, days++)
                {
                    // Every day near the turn of a month or of a century; elsewhere every seventh keeps the test short.
                    if (day > 2 && day < 28 && (day + month + year) % 7 != 0)
                    {
                        continue;
                    }

                    string text = $"{year:D4}-{month:D2}-{day:D2}";
                    DatetimeValue.TryParse(text, out DatetimeValue? value).ShouldBeTrue(text);
                    if (value!.EpochMilliseconds != days * Day || value.ConstructorArgument != text + "T00:00:00.000Z")
                    {
                        Assert.Fail($"{text} is day {days}, but was read as {value.EpochMilliseconds} and written as {value}.");
                    }

                    epoch = text == "1970-01-01" ? days : epoch;
                }

                DatetimeValue.TryParse($"{year:D4}-{month:D2}-{length + 1:D2}", out _).ShouldBeFalse($"{year}-{month} has {length} days");
            }
        }

        epoch.ShouldBe(0);
        days.ShouldBe(2_932_897);
    }

    [Fact]
    public void Random_instants_are_read_and_written_as_NET_does_it()
    {
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            DateTimeOffset instant = DateTimeOffset.UnixEpoch.AddMilliseconds(random.NextInt64(-62_135_596_800_000, 253_402_300_799_999));
            int minutes = random.Next(-840, 841);
            DateTimeOffset local = instant.Year is > 1 and < 9_999 ? instant.ToOffset(TimeSpan.FromMinutes(minutes)) : instant;
            string zone = local.Offset == TimeSpan.Zero && random.Next(2) == 0 ? "Z" : $"{(local.Offset < TimeSpan.Zero ? '-' : '+')}{local.Offset:hhmm}";
            string text = local.ToString("yyyy-MM-ddTHH:mm:ss.fff") + zone;

            DatetimeValue.TryParse(text, out DatetimeValue? value).ShouldBeTrue($"seed {seed}: {text}");
            value!.EpochMilliseconds.ShouldBe(instant.ToUnixTimeMilliseconds(), $"seed {seed}: {text}");
            value.ShouldBe(DatetimeValue.From(instant));
            value.ToString().ShouldBe($"datetime(\"{instant:yyyy-MM-ddTHH:mm:ss.fff}Z\")");
        }
    }

    [Fact]
    public void Random_instants_fall_into_day_and_time_and_add_up_again()
    {
        CompiledPolicySet policies = PolicySet.Parse(
            """
            permit(principal, action, resource) when { context.t.toDate() == context.date };
            permit(principal, action, resource) when { context.t.toTime() == context.time };
            permit(principal, action, resource) when { context.t.toDate().offset(context.t.toTime()) == context.t };
            permit(principal, action, resource) when { context.t.durationSince(context.t.toDate()) == context.t.toTime() };
            permit(principal, action, resource) when { context.t.toTime() >= duration("0ms") && context.t.toTime() < duration("1d") };
            """).Compile();
        foreach (long milliseconds in Instants())
        {
            long time = (long)((((Int128)milliseconds % Day) + Day) % Day);
            RecordValue context = RecordValue.Of(
                ("t", new DatetimeValue(milliseconds)), ("time", new DurationValue(time)), ("date", new DatetimeValue(milliseconds - time)));

            Response response = policies.Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, context), EntityStore.Empty);

            response.SatisfiedPermits.Count.ShouldBe(5, $"{milliseconds}: {string.Join(", ", response.Errors.Select(error => error.Error.Message))}");
        }
    }

    [Fact]
    public void Instants_are_ordered_as_their_milliseconds()
    {
        CompiledPolicySet policies = PolicySet.Parse("permit(principal, action, resource) when { context.a < context.b && context.b > context.a && context.a <= context.b && context.a != context.b };").Compile();
        long[] instants = [.. Instants().Distinct().Order()];
        for (int i = 1; i < instants.Length; i++)
        {
            Ask(instants[i - 1], instants[i]).ShouldBe(Decision.Allow);
            Ask(instants[i], instants[i - 1]).ShouldBe(Decision.Deny);
            Ask(instants[i], instants[i]).ShouldBe(Decision.Deny);
        }

        Decision Ask(long a, long b) => policies.Evaluate(
            new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("a", new DatetimeValue(a)), ("b", new DatetimeValue(b)))), EntityStore.Empty).Decision;
    }

    [Theory]
    [InlineData("+0000", 0)]
    [InlineData("-0000", 0)]
    [InlineData("+0001", -1)]
    [InlineData("-0001", 1)]
    [InlineData("+0059", -59)]
    [InlineData("+0100", -60)]
    [InlineData("-0930", 570)]
    [InlineData("+1400", -840)]
    [InlineData("+2359", -1439)]
    [InlineData("-2359", 1439)]
    public void An_offset_says_how_far_ahead_of_UTC_the_clock_is(string offset, int minutes)
    {
        DatetimeValue.TryParse($"2024-02-29T12:00:00{offset}", out DatetimeValue? whole).ShouldBeTrue();
        DatetimeValue.TryParse($"2024-02-29T12:00:00.250{offset}", out DatetimeValue? fraction).ShouldBeTrue();
        DatetimeValue.TryParse("2024-02-29T12:00:00Z", out DatetimeValue? utc).ShouldBeTrue();

        whole!.EpochMilliseconds.ShouldBe(utc!.EpochMilliseconds + (minutes * 60_000L));
        fraction!.EpochMilliseconds.ShouldBe(whole.EpochMilliseconds + 250);
    }

    [Theory]
    [InlineData("0000-01-01T00:00:00+2359", -62_167_219_200_000 - 86_340_000)]
    [InlineData("9999-12-31T23:59:59.999-2359", 253_402_300_799_999 + 86_340_000)]
    public void An_offset_may_lead_out_of_the_years_that_a_text_can_name(string text, long milliseconds)
    {
        DatetimeValue.TryParse(text, out DatetimeValue? value).ShouldBeTrue();

        value!.EpochMilliseconds.ShouldBe(milliseconds);
        value.ToString().ShouldBe($"datetime(\"1970-01-01\").offset(duration(\"{milliseconds}ms\"))");
        Json.RoundTrip(value).ShouldBe(value);
        Cedar.Outcome($"context.t == {value}", context: RecordValue.Of(("t", value))).ShouldBe("true");
    }

    [Theory]
    [InlineData(0, "2024-02-29T12:00:00.000Z")]
    [InlineData(1, "2024-02-29T12:00:00.000Z")]
    [InlineData(9_999, "2024-02-29T12:00:00.000Z")]
    [InlineData(10_000, "2024-02-29T12:00:00.001Z")]
    [InlineData(-1, "2024-02-29T11:59:59.999Z")]
    public void Parts_of_a_millisecond_of_a_NET_instant_are_cut_off_towards_the_past(long ticks, string expected) =>
        DatetimeValue.From(new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero).AddTicks(ticks)).ToString().ShouldBe($"datetime(\"{expected}\")");

    private static bool IsLeap(int year) => year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);

    private static IEnumerable<long> Instants()
    {
        long[] edges = [long.MaxValue, long.MaxValue - 1, long.MinValue + Day, -62_167_219_200_001, -62_167_219_200_000, -Day - 1, -Day, -Day + 1, -1, 0, 1, Day - 1, Day, Day + 1, 253_402_300_799_999, 253_402_300_800_000];
        var random = new Random(1);
        return edges.Concat(Enumerable.Range(0, 500).Select(_ => random.NextInt64(long.MinValue + Day, long.MaxValue)))
            .Concat(Enumerable.Range(0, 500).Select(_ => random.NextInt64(-100 * Day, 100 * Day)));
    }
}
