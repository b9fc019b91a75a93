using System.Text.Json;

namespace AccessGov.Cedar.Tests.Entities;

public sealed class ValueJsonTests
{
    [Theory]
    [InlineData("true", "true")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("-0", "0")]
    [InlineData("\"a\\u00e9\"", "\"aé\"")]
    [InlineData("[1, [], {}]", "[1, [], {}]")]
    [InlineData("{\"a b\": {\"type\": \"U\", \"id\": \"x\"}}", "{\"a b\": {\"type\": \"U\", \"id\": \"x\"}}")]
    [InlineData("{\"__entity\": {\"type\": \"A::U\", \"id\": \"x\"}}", "A::U::\"x\"")]
    [InlineData("{\"__entity\": {\"id\": \"x\", \"type\": \"U\"}}", "U::\"x\"")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"1.2.3.4\"}}", "ip(\"1.2.3.4\")")]
    [InlineData("{\"__extn\": {\"arg\": \"1.50\", \"fn\": \"decimal\"}}", "decimal(\"1.5\")")]
    [InlineData("{\"__extn\": {\"fn\": \"duration\", \"args\": [\"1s\"]}}", "duration(\"1000ms\")")]
    [InlineData(
        """{"__extn": {"fn": "offset", "args": [{"__extn": {"fn": "datetime", "arg": "2024-01-01"}}, {"__extn": {"fn": "duration", "arg": "1d"}}]}}""",
        "datetime(\"2024-01-02T00:00:00.000Z\")")]
    public void Cedar_values_are_read_from_JSON(string json, string expected)
    {
        Value value = ValueJson.Parse(json);

        value.ToString().ShouldBe(expected);
        using JsonDocument document = JsonDocument.Parse($"{{\"inside\": {json}}}");
        ValueJson.Read(document.RootElement.GetProperty("inside")).ShouldBe(value);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("{\"a\": null}", "null")]
    [InlineData("1.0", "64-bit integers")]
    [InlineData("1e3", "64-bit integers")]
    [InlineData("0.5", "64-bit integers")]
    [InlineData("9223372036854775808", "64-bit integers")]
    [InlineData("{\"a\": 1, \"a\": 2}", "`a` occurs twice")]
    [InlineData("{\"a\": 1, \"\\u0061\": 1}", "`a` occurs twice")]
    [InlineData("{\"__expr\": \"1\"}", "`__expr` is not supported")]
    [InlineData("{\"__expr\": \"1\", \"b\": 1}", "`__expr` is not supported")]
    [InlineData("{\"__entity\": {\"type\": \"U\", \"id\": \"x\"}, \"b\": 1}", "stands alone")]
    [InlineData("{\"b\": 1, \"__entity\": {\"type\": \"U\", \"id\": \"x\"}}", "stands alone")]
    [InlineData("{\"__entity\": \"U\"}", "`type` and `id`")]
    [InlineData("{\"__entity\": {\"type\": \"U\"}}", "`type` and `id`")]
    [InlineData("{\"__entity\": {\"type\": \"U\", \"id\": 1}}", "`type` and `id`")]
    [InlineData("{\"__entity\": {\"type\": \"U\", \"id\": \"x\", \"id\": \"y\"}}", "`type` and `id`")]
    [InlineData("{\"__entity\": {\"type\": \"U :: V\", \"id\": \"x\"}}", "not an entity type")]
    [InlineData("{\"__entity\": {\"type\": \"if\", \"id\": \"x\"}}", "not an entity type")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": 1}}", "expected string, got long")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"1.2.3\"}}", "not an IP address")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"args\": []}}", "wrong number of arguments")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\"}}", "either `arg` or `args`")]
    [InlineData("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"1.1.1.1\", \"args\": [\"1.1.1.1\"]}}", "either `arg` or `args`")]
    [InlineData("{\"__extn\": {\"fn\": \"now\", \"arg\": \"\"}}", "not an extension function")]
    [InlineData("{\"__extn\": \"ip\"}", "either `arg` or `args`")]
    [InlineData("\"\\ud800\"", "not valid Unicode")]
    [InlineData("{\"\\udc00\": 1}", "not valid Unicode")]
    [InlineData("", "not valid JSON")]
    [InlineData("[1", "not valid JSON")]
    [InlineData("[1,]", "not valid JSON")]
    [InlineData("1 2", "not valid JSON")]
    [InlineData("// c\n1", "not valid JSON")]
    public void What_is_no_Cedar_value_is_refused_with_a_reason(string json, string complaint) =>
        Should.Throw<ValueJsonException>(() => ValueJson.Parse(json)).Message.ShouldContain(complaint);

    [Fact]
    public void JSON_that_nests_too_deeply_is_an_error_and_not_a_crash()
    {
        Should.Throw<ValueJsonException>(() => ValueJson.Parse(new string('[', 100_000)));
        Should.Throw<ValueJsonException>(() => ValueJson.Parse(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))));
        Should.Throw<ValueJsonException>(() =>
        {
            byte[] deep = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"__entity\":", 100_000)));
            var reader = new Utf8JsonReader(deep, new JsonReaderOptions { MaxDepth = 1_000_000 });
            ValueJson.Read(ref reader);
        });
        Should.Throw<ValueJsonException>(() =>
        {
            byte[] deep = System.Text.Encoding.UTF8.GetBytes(new string('[', 100_000));
            var reader = new Utf8JsonReader(deep, new JsonReaderOptions { MaxDepth = 1_000_000 });
            ValueJson.Read(ref reader);
        });
        Should.Throw<ValueJsonException>(() => ValueJson.Parse(
            string.Concat(Enumerable.Repeat("{\"__entity\":", 100_000))));
        ValueJson.Parse($"{new string('[', 64)}{new string(']', 64)}").ShouldBeOfType<SetValue>();
    }

    [Fact]
    public void A_context_must_be_a_record()
    {
        Should.Throw<ValueJsonException>(() => ValueJson.ParseRecord("[1]"));
        Should.Throw<ValueJsonException>(() => ValueJson.ParseRecord("{\"__entity\": {\"type\": \"U\", \"id\": \"x\"}}"));
        ValueJson.ParseRecord("{}").ShouldBe(RecordValue.Empty);
    }

    [Fact]
    public void A_reader_in_the_middle_of_a_document_goes_on_behind_the_value()
    {
        var reader = new Utf8JsonReader("[{\"a\":[1]},2]"u8);
        reader.Read();
        reader.Read();

        ValueJson.Read(ref reader).ToString().ShouldBe("{\"a\": [1]}");
        reader.Read();
        ValueJson.Read(ref reader).ShouldBe(Value.Of(2));
    }
}
