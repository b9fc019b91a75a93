namespace AccessGov.Cedar.Tests.Extensions;

public sealed class DecimalTests
{
    [Theory]
    [InlineData("0.0", 0, "0.0")]
    [InlineData("-0.0", 0, "0.0")]
    [InlineData("0.0000", 0, "0.0")]
    [InlineData("12.34", 123400, "12.34")]
    [InlineData("1.2345", 12345, "1.2345")]
    [InlineData("11.0003", 110003, "11.0003")]
    [InlineData("11.003", 110030, "11.003")]
    [InlineData("11.3000", 113000, "11.3")]
    [InlineData("-1.0", -10000, "-1.0")]
    [InlineData("-4.2", -42000, "-4.2")]
    [InlineData("-9.876", -98760, "-9.876")]
    [InlineData("-0.5", -5000, "-0.5")]
    [InlineData("-0.0001", -1, "-0.0001")]
    [InlineData("0001.5", 15000, "1.5")]
    [InlineData("-922337203685477.5808", long.MinValue, "-922337203685477.5808")]
    [InlineData("922337203685477.5807", long.MaxValue, "922337203685477.5807")]
    public void A_valid_decimal_is_its_ten_thousandths(string text, long tenThousandths, string written)
    {
        DecimalValue.TryParse(text, out DecimalValue? value).ShouldBeTrue();
        value!.TenThousandths.ShouldBe(tenThousandths);
        value.ToString().ShouldBe($"decimal(\"{written}\")");
        Json.RoundTrip(value).ShouldBe(value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.x")]
    [InlineData("x.1")]
    [InlineData("1.-2")]
    [InlineData("12")]
    [InlineData(".12")]
    [InlineData("-.12")]
    [InlineData("12.")]
    [InlineData("+1.0")]
    [InlineData("--1.0")]
    [InlineData(" 1.0")]
    [InlineData("1.0 ")]
    [InlineData("1.0\n")]
    [InlineData("1.0e1")]
    [InlineData("1,0")]
    [InlineData("1.2.3")]
    [InlineData("1.23456")]
    [InlineData("922337203685477.5808")]
    [InlineData("-922337203685477.5809")]
    [InlineData("1000000000000000000000000000000.0")]
    [InlineData("١.0")]
    public void Anything_else_is_not_a_decimal(string text) => DecimalValue.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0.23", "lessThan", "-0.23", "false")]
    [InlineData("-0.0023", "lessThan", "-0.23", "false")]
    [InlineData("-0.23", "lessThan", "-0.0023", "true")]
    [InlineData("-0.0001", "lessThan", "0.0", "true")]
    [InlineData("-1.0000", "lessThan", "-0.9999", "true")]
    [InlineData("1.0", "lessThan", "1.0", "false")]
    [InlineData("1.0", "lessThanOrEqual", "1.00", "true")]
    [InlineData("1.1", "greaterThan", "1.0", "true")]
    [InlineData("1.0", "greaterThanOrEqual", "1.0001", "false")]
    public void Decimals_are_ordered_by_methods(string left, string method, string right, string expected) =>
        Cedar.Outcome($"decimal(\"{left}\").{method}(decimal(\"{right}\"))").ShouldBe(expected);
}
