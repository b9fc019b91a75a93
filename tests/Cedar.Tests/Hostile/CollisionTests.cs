using System.Text;

namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>
/// Values that an attacker would choose to meet in one place of a hash table. What they can know is how .NET makes a hash code of a
/// number; what they cannot know is what this process adds to it. Counted, not timed: few hash codes would mean quadratic time.
/// </summary>
public sealed class CollisionTests
{
    private const int Count = 20_000;

    [Theory]
    [InlineData("halves that cancel each other")]
    [InlineData("halves that cancel each other, negative")]
    [InlineData("nothing but upper halves")]
    [InlineData("nothing but the uppermost bits")]
    [InlineData("one after the other")]
    [InlineData("steps of a power of two")]
    [InlineData("carries that the other half takes back")]
    public void Chosen_numbers_have_different_hash_codes_whatever_they_are_numbers_of(string family)
    {
        (string Kind, Func<long, Value> Make)[] kinds =
        [
            ("long", number => Value.Of(number)),
            ("decimal", number => new DecimalValue(number)),
            ("datetime", number => new DatetimeValue(number)),
            ("duration", number => new DurationValue(number)),
            ("set", number => new SetValue(Value.Of(number))),
            ("pair", number => new SetValue(Value.Of(number), Value.Of(-number))),
            ("record", number => RecordValue.Of(("a", Value.Of(number)))),
        ];

        foreach ((string kind, Func<long, Value> make) in kinds)
        {
            Value[] values = [.. Enumerable.Range(1, Count).Select(i => make(Chosen(family, i))).Distinct()];

            values.Length.ShouldBeGreaterThan(Count / 2, $"{family}, {kind}");
            HashCodes(values).ShouldBeGreaterThan(values.Length * 99 / 100, $"{family}, {kind}");
        }
    }

    [Fact]
    public void Addresses_that_differ_in_both_halves_alike_have_different_hash_codes()
    {
        Value[] values = [.. Enumerable.Range(0, 5_000).Select(i => Extension("ip", $"2001:db8:{i:x}::{i:x}:0:0"))];

        HashCodes(values).ShouldBeGreaterThan(4_990);
        Extension("ip", "10.0.0.0/8").GetHashCode().ShouldNotBe(Extension("ip", "10.0.0.0/9").GetHashCode());
    }

    [Fact]
    public void Sets_whose_members_have_the_same_sum_have_different_hash_codes()
    {
        SetValue[] sets = [.. Enumerable.Range(1, Count).Select(i => new SetValue(Value.Of(1_000_000L + i), Value.Of(1_000_000L - i)))];

        HashCodes(sets).ShouldBeGreaterThan(Count * 99 / 100);
    }

    [Fact]
    public void Records_that_swap_their_values_have_different_hash_codes()
    {
        RecordValue[] records =
        [
            .. Enumerable.Range(0, Count).Select(i => RecordValue.Of(("a", Value.Of(i)), ("b", Value.Of(Count - i)), ("c", Value.Of(7)))),
        ];

        HashCodes(records).ShouldBeGreaterThan(Count * 99 / 100);
    }

    [Fact]
    public void Equal_values_have_equal_hash_codes_in_whatever_order_they_are_made()
    {
        var set = new SetValue(Value.Of(1), Value.Of("1"), SetValue.Empty, RecordValue.Of(("a", Value.Of(1)), ("b", SetValue.Empty)));
        var turned = new SetValue(RecordValue.Of(("b", SetValue.Empty), ("a", Value.Of(1))), SetValue.Empty, Value.Of("1"), Value.Of(1), Value.Of(1));

        turned.ShouldBe(set);
        turned.GetHashCode().ShouldBe(set.GetHashCode());
        Extension("decimal", "1.50").GetHashCode().ShouldBe(Extension("decimal", "1.5").GetHashCode());
        Extension("duration", "1h").GetHashCode().ShouldBe(Extension("duration", "60m").GetHashCode());
        Extension("datetime", "1970-01-01").GetHashCode().ShouldBe(Extension("datetime", "1970-01-01T00:00:00Z").GetHashCode());
        Extension("ip", "::1").GetHashCode().ShouldBe(Extension("ip", "0:0:0:0:0:0:0:1/128").GetHashCode());
    }

    [Fact]
    public void A_megabyte_of_chosen_numbers_is_read_in_time_that_grows_gently() => SmallStack.GrowsGently("chosen numbers", 50_000, count =>
    {
        IEnumerable<string> numbers = Enumerable.Range(1, count).Select(i => $"{((long)i << 32) | (uint)i}");
        var set = (SetValue)ValueJson.Parse($"[{string.Join(',', numbers)}]");
        set.Count.ShouldBe(count);
        set.Contains(Value.Of(0)).ShouldBeFalse();
    });

    [Fact]
    public void Strings_and_uids_that_an_unseeded_hash_takes_for_one_are_found_in_time_that_grows_gently() =>
        SmallStack.GrowsGently("chosen strings", 50_000, count =>
        {
            // "Aa" and "BB" are one to every hash function of the form 31 * hash + letter, and so is every row of them.
            string[] names = [.. Enumerable.Range(0, count).Select(i => string.Concat(Enumerable.Range(0, 16).Select(bit => (i >> bit & 1) == 0 ? "Aa" : "BB")))];
            string json = new StringBuilder("[{\"uid\":{\"type\":\"User\",\"id\":\"u\"},\"attrs\":{")
                .AppendJoin(',', names.Select(name => $"\"{name}\":1")).Append("},\"parents\":[")
                .AppendJoin(',', names.Select(name => $"{{\"type\":\"User\",\"id\":\"{name}\"}}")).Append("]}]").ToString();

            EntityStore store = EntitiesJson.Parse(json);

            store.Find(new EntityUid("User", "u"))!.Attributes.Count.ShouldBe(count);
            store.AncestorsOf(new EntityUid("User", "u")).Count.ShouldBe(count);
            names.Count(name => store.IsDescendant(new EntityUid("User", "u"), new EntityUid("User", name))).ShouldBe(count);
        });

    [Fact]
    public void Nested_values_that_differ_at_their_innermost_end_are_told_apart_in_time() =>

        // Eight records a set, each with such a set in it: without hash codes every level would compare each of the eight with each, two
        // thousand million records with six levels.
        SmallStack.Run(
            () =>
            {
                SetValue one = Nested(levels: 6, innermost: 1);
                Nested(levels: 6, innermost: 1).Equals(one).ShouldBeTrue();
                Nested(levels: 4, innermost: 2).Equals(Nested(levels: 4, innermost: 1)).ShouldBeFalse();
            },
            "comparing nested records");

    /// <summary>Numbers that are far apart and alike for simple hash functions, the i-th of each family.</summary>
    private static long Chosen(string family, long i) => family switch
    {
        "halves that cancel each other" => (i << 32) | i,
        "halves that cancel each other, negative" => ~((i << 32) | i),
        "nothing but upper halves" => i << 32,
        "nothing but the uppermost bits" => i << 47,
        "one after the other" => i,
        "steps of a power of two" => i << 15,
        _ => ((i * -0x61C8_8647L) << 32) | (uint)(i << 15),
    };

    private static SetValue Nested(int levels, int innermost) => levels == 0
        ? new SetValue(Value.Of(innermost))
        : new SetValue(Enumerable.Range(0, 8).Select(i => (Value)RecordValue.Of(("a", Nested(levels - 1, innermost)), ("b", Value.Of(i)))));

    private static int HashCodes(IEnumerable<Value> values) => values.Select(value => value.GetHashCode()).Distinct().Count();

    private static Value Extension(string function, string argument) => ValueJson.Parse($"{{\"__extn\":{{\"fn\":\"{function}\",\"arg\":\"{argument}\"}}}}");
}
