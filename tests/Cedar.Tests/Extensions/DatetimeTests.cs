namespace AccessGov.Cedar.Tests.Extensions;

public sealed class DatetimeTests
{
    [Theory]
    [InlineData("2022-10-10", 1665360000000)]
    [InlineData("1969-12-31", -86400000)]
    [InlineData("1969-12-31T23:59:59Z", -1000)]
    [InlineData("1969-12-31T23:59:59.001Z", -999)]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("2024-10-15", 1728950400000)]
    [InlineData("2024-10-15T11:38:02Z", 1728992282000)]
    [InlineData("2024-10-15T11:38:02.101Z", 1728992282101)]
    [InlineData("2024-10-15T11:38:02.101-1134", 1729033922101)]
    [InlineData("2024-10-15T11:38:02.101+1134", 1728950642101)]
    [InlineData("2024-10-15T11:38:02+1134", 1728950642000)]
    [InlineData("2024-10-15T11:38:02-1134", 1729033922000)]
    [InlineData("0000-01-01", -62167219200000)]
    [InlineData("0000-02-29", -62162121600000)]
    [InlineData("9999-12-31T23:59:59.999Z", 253402300799999)]
    [InlineData("2000-02-29", 951782400000)]
    public void A_valid_datetime_is_its_milliseconds_since_1970(string text, long milliseconds)
    {
        DatetimeValue.TryParse(text, out DatetimeValue? value).ShouldBeTrue();
        value!.EpochMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-")]
    [InlineData("-1")]
    [InlineData(" 2022-10-10")]
    [InlineData("2022-10-10 ")]
    [InlineData("2022-10-10\n")]
    [InlineData("2022-10- 10")]
    [InlineData("11-12-13")]
    [InlineData("011-12-13")]
    [InlineData("00011-12-13")]
    [InlineData("0001-2-13")]
    [InlineData("0001-012-13")]
    [InlineData("0001-02-3")]
    [InlineData("0001-02-003")]
    [InlineData("0001-00-03")]
    [InlineData("0001-13-03")]
    [InlineData("0001-01-00")]
    [InlineData("0001-01-32")]
    [InlineData("2023-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("0001-01-01T1:01:01Z")]
    [InlineData("0001-01-01T001:01:01Z")]
    [InlineData("0001-01-01T01:1:01Z")]
    [InlineData("0001-01-01T01:001:01Z")]
    [InlineData("0001-01-01T01:01:1Z")]
    [InlineData("0001-01-01T01:01:001Z")]
    [InlineData("0001-01-01T01:01:01.01Z")]
    [InlineData("0001-01-01T01:01:01.0001Z")]
    [InlineData("0001-01-01T01:01:01.001+01")]
    [InlineData("0001-01-01T01:01:01.001+001")]
    [InlineData("0001-01-01T01:01:01.001+00001")]
    [InlineData("0001-01-01T01:01:01.001+00:01")]
    [InlineData("0001-01-01T01:01:01.001+00:00:01")]
    [InlineData("-0001-01-01")]
    [InlineData("1111-1x-20")]
    [InlineData("1111-Jul-20")]
    [InlineData("1111-July-20")]
    [InlineData("1111-J-20")]
    [InlineData("2024-10-15Z")]
    [InlineData("2024-10-15T11:38:02ZZ")]
    [InlineData("2024-01-01T")]
    [InlineData("2024-01-01Ta")]
    [InlineData("2024-01-01T01:")]
    [InlineData("2024-01-01T01:02")]
    [InlineData("2024-01-01T01:02:0b")]
    [InlineData("2024-01-01T01::02:03")]
    [InlineData("2024-01-01T01::02::03")]
    [InlineData("2024-01-01T31:02:03Z")]
    [InlineData("2024-01-01T01:60:03Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2016-12-31T23:59:61Z")]
    [InlineData("2024-01-01T00:00:00")]
    [InlineData("2024-01-01T00:00:00T")]
    [InlineData("2024-01-01T00:00:00z")]
    [InlineData("2024-01-01T00:00:00x001Z")]
    [InlineData("2024-01-01T00:00:00.001ZZ")]
    [InlineData("2016-12-31T23:59:60.000Z")]
    [InlineData("2016-12-31T23:59:60.000+0200")]
    [InlineData("2024-01-01T00:00:00➕0000")]
    [InlineData("2024-01-01T00:00:00➖0000")]
    [InlineData("2024-01-01T00:00:00.001➖0000")]
    [InlineData("2024-01-01T00:00:00.001➕0000")]
    [InlineData("2024-01-01T00:00:00.001+00000")]
    [InlineData("2024-01-01T00:00:00.001-00000")]
    [InlineData("2016-01-01T00:00:00+2400")]
    [InlineData("2016-01-01T00:00:00+0060")]
    [InlineData("2016-01-01T00:00:00+9999")]
    [InlineData("２０２４-01-01")]
    public void Anything_else_is_not_a_datetime(string text) => DatetimeValue.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("2024-10-15", "0ms", "2024-10-15")]
    [InlineData("2024-10-15", "1ms", "2024-10-15T00:00:00.001Z")]
    [InlineData("2024-10-15", "1s", "2024-10-15T00:00:01Z")]
    [InlineData("2024-10-15", "-1s", "2024-10-14T23:59:59Z")]
    [InlineData("2024-10-15", "1m", "2024-10-15T00:00:00-0001")]
    public void Offset_and_durationSince_are_each_others_inverse(string start, string length, string end)
    {
        Cedar.Outcome($"datetime(\"{start}\").offset(duration(\"{length}\")) == datetime(\"{end}\")").ShouldBe("true");
        Cedar.Outcome($"datetime(\"{end}\").durationSince(datetime(\"{start}\")) == duration(\"{length}\")").ShouldBe("true");
    }

    [Theory]
    [InlineData("2024-10-15", "2024-10-15", 0)]
    [InlineData("2024-10-15T00:00:00.001Z", "2024-10-15", 1)]
    [InlineData("2024-10-15T23:59:59Z", "2024-10-15", 86399000)]
    [InlineData("2024-10-15T23:59:00-0001", "2024-10-16", 0)]
    [InlineData("1969-12-31", "1969-12-31", 0)]
    [InlineData("1969-12-31T23:59:59Z", "1969-12-31", 86399000)]
    [InlineData("1969-12-31T12:00:00Z", "1969-12-31", 43200000)]
    public void A_datetime_falls_into_its_UTC_day_and_the_time_since_midnight(string text, string date, long time)
    {
        Cedar.Outcome($"datetime(\"{text}\").toDate() == datetime(\"{date}\")").ShouldBe("true");
        Cedar.Outcome($"datetime(\"{text}\").toTime() == duration(\"{time}ms\")").ShouldBe("true");
    }

    [Theory]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toDate() == datetime(\"1970-01-01\")")]
    [InlineData("datetime(\"1970-01-02\").offset(duration(\"9223372036854775807ms\")) == datetime(\"1970-01-01\")")]
    [InlineData("datetime(\"1969-12-31\").offset(duration(\"-9223372036854775808ms\")) == datetime(\"1970-01-01\")")]
    [InlineData("datetime(\"1969-12-31\").durationSince(datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\"))) == duration(\"1s\")")]
    public void Leaving_64_bits_is_an_evaluation_error(string expression) =>
        Cedar.Outcome(expression).ShouldBe(nameof(EvaluationErrorKind.ExtensionFunctionFailed));

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-62167219200001)]
    [InlineData(-62167219200000)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(951825600123)]
    [InlineData(253402300799999)]
    [InlineData(253402300800000)]
    [InlineData(long.MaxValue)]
    public void A_datetime_written_as_JSON_or_as_an_expression_reads_back_equal(long milliseconds)
    {
        var value = new DatetimeValue(milliseconds);

        Json.RoundTrip(value).ShouldBe(value);
        Cedar.Outcome($"context.x == {value}", context: RecordValue.Of(("x", value))).ShouldBe("true");
    }

    [Fact]
    public void A_DateTimeOffset_becomes_the_same_instant() =>
        DatetimeValue.From(new DateTimeOffset(2024, 10, 15, 2, 0, 0, 0, TimeSpan.FromHours(2))).EpochMilliseconds.ShouldBe(1728950400000);
}
