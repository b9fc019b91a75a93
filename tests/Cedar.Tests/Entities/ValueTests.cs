using FsCheck;
using FsCheck.Fluent;

namespace AccessGov.Cedar.Tests.Entities;

public sealed class ValueTests
{
    private static readonly Gen<Value> Values = Sized(3);

    [Fact]
    public void A_set_is_the_same_in_every_order_and_with_duplicates() => Prop
        .ForAll(Values.ListOf().ToArbitrary(), items =>
        {
            var set = new SetValue(items);
            var shuffled = new SetValue(Enumerable.Reverse(items).Concat(items));
            return set.Equals(shuffled) && shuffled.Equals(set) && set.GetHashCode() == shuffled.GetHashCode()
                && set.Count == items.Distinct().Count() && items.All(set.Contains);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Equal_values_have_equal_hash_codes_and_survive_JSON_and_the_language() => Prop
        .ForAll(Values.ToArbitrary(), value =>
        {
            Value back = Json.RoundTrip(value);
            return back.Equals(value) && back.GetHashCode() == value.GetHashCode()
                && Cedar.Outcome($"context.x == {value}", context: RecordValue.Of(("x", value))) == "true";
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Values_are_equal_exactly_when_their_texts_with_sorted_members_are() => Prop
        .ForAll(Values.ToArbitrary(), Values.ToArbitrary(), (left, right) => left.Equals(right) == (Canonical(left) == Canonical(right)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void A_record_refuses_a_name_twice()
    {
        Should.Throw<ArgumentException>(() => RecordValue.Of(("a", Value.Of(1)), ("a", Value.Of(1))));
        Should.Throw<ArgumentException>(() => new RecordValue(
            Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"a{i % 19}", (Value)Value.Of(i)))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void A_record_finds_each_of_its_attributes_and_no_other(int count)
    {
        var record = new RecordValue(Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"a{i}", (Value)Value.Of(i))));

        for (int i = 0; i < count; i++)
        {
            record.Find($"a{i}").ShouldBe(Value.Of(i));
        }

        record.Find("A0").ShouldBeNull();
        record.TryGet("b", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_value_that_nests_too_deeply_cannot_be_built()
    {
        Value deep = Value.Of(1);
        for (int i = 0; i < Value.DepthMax; i++)
        {
            deep = i % 2 == 0 ? new SetValue([deep]) : RecordValue.Of(("a", deep));
        }

        Should.Throw<ArgumentException>(() => new SetValue([deep]));
        Should.Throw<ArgumentException>(() => RecordValue.Of(("a", deep)));
        deep.Equals(deep).ShouldBeTrue();
    }

    [Theory]
    [InlineData("User::\"alice\"", "User", "alice")]
    [InlineData(" A :: B :: \"x\\n\" ", "A::B", "x\n")]
    [InlineData("User::\"\"", "User", "")]
    public void An_entity_uid_reads_as_in_a_policy(string text, string type, string id)
    {
        EntityUid.Parse(text).ShouldBe(new EntityUid(type, id));
        EntityUid.Parse(new EntityUid(type, id).ToString()).ShouldBe(new EntityUid(type, id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("User::alice")]
    [InlineData("User::\"alice")]
    [InlineData("User::\"alice\" x")]
    [InlineData("if::\"alice\"")]
    [InlineData("__cedar::\"alice\"")]
    public void Anything_else_is_not_an_entity_uid(string text)
    {
        EntityUid.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => EntityUid.Parse(text));
    }

    [Theory]
    [InlineData("User", true)]
    [InlineData("_a::B9::c", true)]
    [InlineData("", false)]
    [InlineData("A::", false)]
    [InlineData("::A", false)]
    [InlineData("A:B", false)]
    [InlineData("A :: B", false)]
    [InlineData("9A", false)]
    [InlineData("A-B", false)]
    [InlineData("Ä", false)]
    [InlineData("A::in", false)]
    public void A_type_name_is_a_normalised_path(string type, bool expected) => EntityUid.IsTypeName(type).ShouldBe(expected);

    private static string Canonical(Value value) => value switch
    {
        SetValue set => $"[{string.Join(',', set.Members.ToArray().Select(Canonical).Order(StringComparer.Ordinal))}]",
        RecordValue record => $"{{{string.Join(',', record.Names.ToArray().Select(name => $"{Value.Of(name)}:{Canonical(record.Find(name)!)}").Order(StringComparer.Ordinal))}}}",
        _ => value.ToString(),
    };

    private static Gen<Value> Sized(int depth)
    {
        Gen<Value> leaf = Gen.OneOf(
            Gen.Elements<Value>(BoolValue.True, BoolValue.False),
            Gen.Elements(0, 1, 2, long.MinValue, long.MaxValue).Select(number => (Value)Value.Of(number)),
            Gen.Elements("", "1", "true", "a\"\\\n😀\u0001").Select(text => (Value)Value.Of(text)),
            Gen.Elements<Value>(new EntityUid("U", "1"), new EntityUid("N::U", "\t")),
            Gen.Elements(0L, 1L, -86_400_001L).Select(number => (Value)new DatetimeValue(number)),
            Gen.Elements(0L, 1L).Select(number => (Value)new DurationValue(number)),
            Gen.Elements(0L, 1L, -5_000L).Select(number => (Value)new DecimalValue(number)),
            Gen.Elements(8, 32).Select(prefix => (Value)IpAddressValue.FromBytes([10, 0, 0, 1], prefix)));
        if (depth == 0)
        {
            return leaf;
        }

        Gen<Value> inner = Sized(depth - 1);
        Gen<Value> set = inner.ListOf().Select(items => (Value)new SetValue(items));
        Gen<Value> record = Gen.SubListOf("a", "b", "if", "two words")
            .SelectMany(names => inner.ListOf(names.Distinct().Count())
                .Select(values => (Value)new RecordValue(names.Distinct().Zip(values, KeyValuePair.Create))));
        return Gen.OneOf(leaf, leaf, set, record);
    }
}
