using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Values;

/// <summary>Values of all kinds next to each other: equal or not, hashed, printed, in sets and records, from many threads.</summary>
public sealed class ValueKindTests
{
    // Each line holds values that are all equal; values of different lines are not.
    private static readonly Func<Value>[][] Classes =
    [
        [() => BoolValue.True, () => Value.Of(true)],
        [() => BoolValue.False, () => Value.Of(false)],
        [() => Value.Of(0), () => new LongValue(0)],
        [() => Value.Of(1), () => new LongValue(1)],
        [() => Value.Of(-1), () => new LongValue(-1)],
        [() => Value.Of(255), () => new LongValue(255)],
        [() => Value.Of(256), () => new LongValue(256)],
        [() => Value.Of(long.MaxValue), () => new LongValue(long.MaxValue)],
        [() => Value.Of(long.MinValue), () => new LongValue(long.MinValue)],
        [() => Value.Of(""), () => new StringValue(string.Empty)],
        [() => Value.Of("1"), () => new StringValue(string.Concat("", 1))],
        [() => Value.Of("true")],
        [() => Value.Of("é")],
        [() => Value.Of("e\u0301")],
        [() => Value.Of("A")],
        [() => Value.Of("a")],
        [() => new EntityUid("User", "a"), () => EntityUid.Parse("User::\"a\"")],
        [() => new EntityUid("User", "A")],
        [() => new EntityUid("user", "a")],
        [() => new EntityUid("N::User", "a"), () => EntityUid.Parse("N :: User::\"a\"")],
        [() => new EntityUid("User", "")],
        [() => SetValue.Empty, () => new SetValue(), () => new SetValue(new List<Value>())],
        [() => new SetValue([SetValue.Empty]), () => new SetValue(SetValue.Empty, new SetValue())],
        [() => new SetValue([RecordValue.Empty])],
        [() => new SetValue(Value.Of(1), Value.Of(2)), () => new SetValue(Value.Of(2), Value.Of(1), Value.Of(2))],
        [() => new SetValue(Value.Of(0), Value.Of(3))],
        [() => new SetValue(Value.Of(1), Value.Of("2"))],
        [() => new SetValue(Numbers(1, 20)), () => new SetValue(Numbers(1, 20).Reverse()), () => new SetValue([.. Numbers(1, 20), .. Numbers(5, 9)])],
        [() => new SetValue(Numbers(1, 21))],
        [() => new SetValue(new SetValue(Numbers(1, 9)), Value.Of(1)), () => new SetValue(Value.Of(1), new SetValue(Numbers(1, 9).Reverse()))],
        [() => RecordValue.Empty, () => RecordValue.Of(), () => new RecordValue([])],
        [() => RecordValue.Of(("a", Value.Of(1))), () => new RecordValue([KeyValuePair.Create("a", (Value)Value.Of(1))])],
        [() => RecordValue.Of(("A", Value.Of(1)))],
        [() => RecordValue.Of(("a", Value.Of(true)))],
        [() => RecordValue.Of(("a", Value.Of(1)), ("b", Value.Of(2))), () => RecordValue.Of(("b", Value.Of(2)), ("a", Value.Of(1)))],
        [() => RecordValue.Of(("a", Value.Of(2)), ("b", Value.Of(1)))],
        [() => RecordValue.Of(("a", RecordValue.Of(("a", Value.Of(1)))))],
        [() => Wide(30, 0), () => Wide(30, 7)],
        [() => Wide(31, 0)],
        [() => new DatetimeValue(0), () => Read("datetime", "1970-01-01"), () => Read("datetime", "1970-01-01T01:00:00+0100")],
        [() => new DatetimeValue(1)],
        [() => new DurationValue(0), () => Read("duration", "0d"), () => Read("duration", "-0ms")],
        [() => new DurationValue(1)],
        [() => new DecimalValue(0), () => Read("decimal", "-0.0"), () => Read("decimal", "0.0000")],
        [() => new DecimalValue(1), () => Read("decimal", "0.0001")],
        [() => Read("ip", "0.0.0.1"), () => Read("ip", "0.0.0.1/32"), () => IpAddressValue.FromBytes([0, 0, 0, 1])],
        [() => Read("ip", "::1"), () => Read("ip", "0:0::0:1/128")],
        [() => Read("ip", "0.0.0.1/31")],
        [() => Read("ip", "::1/127")],
    ];

    [Fact]
    public void Values_are_equal_within_their_class_and_with_nothing_else()
    {
        for (int i = 0; i < Classes.Length; i++)
        {
            for (int j = 0; j < Classes.Length; j++)
            {
                foreach (Value one in Classes[i].Select(make => make()))
                {
                    foreach (Value other in Classes[j].Select(make => make()))
                    {
                        one.Equals(other).ShouldBe(i == j, $"{one} and {other}");
                        one.Equals((object)other).ShouldBe(i == j, $"{one} and {other}");
                        (i != j || one.GetHashCode() == other.GetHashCode()).ShouldBeTrue($"{one} and {other}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Nothing_equals_null_or_what_is_no_value()
    {
        foreach (Value value in Classes.SelectMany(made => made).Select(make => make()))
        {
            value.Equals((Value?)null).ShouldBeFalse();
            value.Equals((object?)null).ShouldBeFalse();
            value.Equals((object)value.ToString()).ShouldBeFalse();
        }

        var uid = new EntityUid("User", "a");
        EntityUid? nobody = null;
        (uid == null, nobody == uid, nobody == null, uid != null).ShouldBe((false, false, true, true));
    }

    [Fact]
    public void Hash_codes_tell_most_classes_apart()
    {
        Classes.Select(made => made[0]().GetHashCode()).Distinct().Count().ShouldBeGreaterThan(Classes.Length - 4);
        // Small sets of small numbers are what policies are full of: their codes may not fall together.
        SetValue[] pairs = [.. from a in Enumerable.Range(0, 40) from b in Enumerable.Range(a + 1, 40) select new SetValue(Value.Of(a), Value.Of(b))];
        pairs.Select(pair => pair.GetHashCode()).Distinct().Count().ShouldBeGreaterThan(pairs.Distinct().Count() * 99 / 100);
    }

    [Fact]
    public void A_set_of_all_classes_holds_each_once_and_finds_each()
    {
        var all = new SetValue(Classes.SelectMany(made => made).Select(make => make()));

        all.Count.ShouldBe(Classes.Length);
        foreach (Func<Value>[] made in Classes)
        {
            foreach (Func<Value> make in made)
            {
                all.Contains(make()).ShouldBeTrue($"{make()}");
                new SetValue(all.Members.ToArray().Where(member => !member.Equals(make()))).Contains(make()).ShouldBeFalse($"{make()}");
            }
        }

        all.Contains(Value.Of("not there")).ShouldBeFalse();
        all.ContainsAll(new SetValue(Classes.Select(made => made[^1]()))).ShouldBeTrue();
        new SetValue(Classes.Skip(1).Select(made => made[0]())).ContainsAll(all).ShouldBeFalse();
        all.ContainsAny(new SetValue(Value.Of("not there"), Value.Of("é"))).ShouldBeTrue();
        all.ContainsAny(new SetValue(Value.Of("not there"))).ShouldBeFalse();
    }

    [Fact]
    public void Every_value_is_printed_as_an_expression_that_has_it_and_as_JSON_that_gives_it_back()
    {
        foreach (Value value in Classes.SelectMany(made => made).Select(make => make()))
        {
            Cedar.Outcome($"context.x == {value}", context: RecordValue.Of(("x", value))).ShouldBe("true", $"{value}");
            Cedar.Outcome($"[{value}].contains(context.x)", context: RecordValue.Of(("x", value))).ShouldBe("true", $"{value}");
            Json.RoundTrip(value).ShouldBe(value);
            using JsonDocument document = JsonDocument.Parse(Json.Write(value));
            ValueJson.Read(document.RootElement).ShouldBe(value);
            Json.RoundTrip(value).ToString().ShouldBe(value.ToString());
        }
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\"b", "\"a\\\"b\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("\n\r\t\0", "\"\\n\\r\\t\\0\"")]
    [InlineData("\u0001\u001f\u007f\u0085", "\"\\u{1}\\u{1f}\\u{7f}\\u{85}\"")]
    [InlineData("'*?", "\"'*?\"")]
    [InlineData("é😀", "\"é😀\"")]
    [InlineData("// no comment", "\"// no comment\"")]
    public void A_text_is_printed_with_the_escapes_that_a_policy_needs(string text, string printed)
    {
        Value.Of(text).ToString().ShouldBe(printed);
        new EntityUid("A::B", text).ToString().ShouldBe("A::B::" + printed);
        EntityUid.Parse("A::B::" + printed).Id.ShouldBe(text);
        RecordValue.Of((text, Value.Of(text))).ToString().ShouldBe($"{{{printed}: {printed}}}");
        Cedar.Outcome($"context.x == {printed}", context: RecordValue.Of(("x", Value.Of(text)))).ShouldBe("true");
    }

    [Fact]
    public void What_a_value_was_made_of_may_change_and_the_value_does_not()
    {
        Value[] members = [Value.Of(1), Value.Of(2)];
        var list = new List<Value>(members);
        var pairs = new Dictionary<string, Value>(StringComparer.Ordinal) { ["a"] = Value.Of(1) };
        byte[] bytes = [10, 0, 0, 1];
        Value[] made = [new SetValue(members.AsSpan()), new SetValue(list), new RecordValue(pairs), IpAddressValue.FromBytes(bytes)];
        (string, int)[] before = [.. made.Select(value => (value.ToString(), value.GetHashCode()))];

        members[0] = Value.Of(9);
        list.Clear();
        pairs["a"] = Value.Of(9);
        pairs["b"] = Value.Of(9);
        bytes[0] = 99;

        made.Select(value => (value.ToString(), value.GetHashCode())).ShouldBe(before);
    }

    [Fact]
    public void Many_threads_make_and_compare_the_same_values()
    {
        string[] once = [.. Classes.SelectMany(made => made).Select(make => make().ToString())];

        Parallel.For(0, 400, i =>
        {
            Func<Value>[] all = [.. Classes.SelectMany(made => made)];
            int at = i % all.Length;
            all[at]().ToString().ShouldBe(once[at]);
            // A name list of its own for each turn, so that the lists that records share are written all the time.
            var record = RecordValue.Of(($"n{i % 17}", Value.Of(i)), ($"m{i}", all[at]()), ("fixed", Value.Of(1)));
            record.Find($"m{i}").ShouldBe(all[at]());
            record.Names.ToArray().ShouldBe([$"n{i % 17}", $"m{i}", "fixed"]);
            new EntityUid($"Type{i % 50}", $"{i}").Type.ShouldBe($"Type{i % 50}");
            ValueJson.Parse(Encoding.UTF8.GetBytes(Json.Write(record))).ShouldBe(record);
        });
    }

    private static IEnumerable<Value> Numbers(int first, int last) => Enumerable.Range(first, last - first + 1).Select(number => (Value)Value.Of(number));

    // So many attributes that they are looked up by hash, beginning with another one each time.
    private static RecordValue Wide(int count, int first) => new(
        Enumerable.Range(0, count).Select(i => (i + first) % count).Select(i => KeyValuePair.Create($"a{i}", (Value)Value.Of(i))));

    private static Value Read(string constructor, string text) => ExtensionFunction.Find(constructor)!.Call([Value.Of(text)]);
}
