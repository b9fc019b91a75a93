using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Entities;

public sealed class SharedNamesTests
{
    [Fact]
    public void However_many_names_a_thread_meets_each_stays_what_it_is()
    {
        // More names than the pool has places, of few lengths and first letters, so that they drive each other out.
        string[] names = [.. Enumerable.Range(0, 2_000).Select(i => $"a{i % 40}b{i}a"), "é", "\u20ac", new string('n', 64), new string('n', 65), ""];
        for (int round = 0; round < 2; round++)
        {
            foreach (string name in names)
            {
                RecordValue record = ValueJson.ParseRecord($"{{{JsonSerializer.Serialize(name)}:1}}");

                record.Names.ToArray().ShouldBe([name]);
            }
        }
    }

    [Fact]
    public void A_name_written_with_escapes_is_the_same_name()
    {
        ValueJson.ParseRecord("""{"\u0061b":1}""").Equals(ValueJson.ParseRecord("""{"ab":1}""")).ShouldBeTrue();
        Should.Throw<ValueJsonException>(() => ValueJson.ParseRecord("""{"\ud800":1}"""));
        Should.Throw<ValueJsonException>(() => ValueJson.ParseRecord("""{"ab":1,"\u0061b":2}"""));
    }

    [Fact]
    public void Two_entities_from_JSON_share_the_strings_of_their_types_and_attributes()
    {
        EntityStore store = EntitiesJson.Parse(
            """[{"uid":{"type":"User","id":"a"},"attrs":{"level":1},"parents":[]},{"uid":{"type":"User","id":"b"},"attrs":{"level":2},"parents":[]}]""");

        Entity a = store.Find(new EntityUid("User", "a"))!;
        Entity b = store.Find(new EntityUid("User", "b"))!;
        ReferenceEquals(a.Uid.Type, b.Uid.Type).ShouldBeTrue();
        ReferenceEquals(a.Attributes.Names[0], b.Attributes.Names[0]).ShouldBeTrue();
    }

    [Fact]
    public void Records_with_the_same_names_share_them_and_keep_their_own_values()
    {
        RecordValue one = RecordValue.Of((Copy("shared-a"), Value.Of(1)), (Copy("shared-b"), Value.Of(2)));
        RecordValue other = RecordValue.Of((Copy("shared-a"), Value.Of(3)), (Copy("shared-b"), Value.Of(4)));
        RecordValue turned = RecordValue.Of(("shared-b", Value.Of(2)), ("shared-a", Value.Of(1)));

        (one.Names == other.Names).ShouldBeTrue();
        other.Find("shared-a").ShouldBe(Value.Of(3));
        turned.Names.ToArray().ShouldBe(["shared-b", "shared-a"]);
        turned.Equals(one).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => RecordValue.Of(("shared-a", Value.Of(1)), ("shared-a", Value.Of(2))));
        Should.Throw<ArgumentException>(() => RecordValue.Of(("shared-a", Value.Of(1)), ("shared-a", Value.Of(2))));
    }

    [Fact]
    public void However_many_lists_of_names_there_are_each_record_has_its_own()
    {
        for (int i = 0; i < 5_000; i++)
        {
            string[] names = [.. Enumerable.Range(0, i % 20).Select(n => n == 0 && i % 3 == 0 ? "" : $"n{(i * 7) + n}")];

            var record = new RecordValue(names.Select(name => KeyValuePair.Create<string, Value>(name, Value.Of(name))));

            record.Names.ToArray().ShouldBe(names);
            names.ShouldAllBe(name => record.Find(name)!.Equals(Value.Of(name)));
        }
    }

    [Fact]
    public void Uids_are_equal_whether_or_not_their_types_are_one_string()
    {
        string longType = new('T', 500);
        foreach (string type in (string[])["User", longType, .. Enumerable.Range(0, 5_000).Select(i => $"T{i}")])
        {
            var one = new EntityUid(Copy(type), "x");
            var other = new EntityUid(Copy(type), "x");

            one.ShouldBe(other);
            one.Type.ShouldBe(type);
            one.ShouldNotBe(new EntityUid(Copy(type) + "s", "x"));
        }
    }

    [Fact]
    public void A_table_finds_every_uid_it_has_and_no_other()
    {
        EntityUid[] uids = [.. Enumerable.Range(0, 3_000).Select(i => new EntityUid($"T{i % 7}", $"e{i}"))];
        foreach (int count in (int[])[0, 1, 2, 3, 1_000, 3_000])
        {
            var table = new UidTable<EntityUid>([.. uids[..count].Select(uid => KeyValuePair.Create(uid, uid))]);

            table.Count.ShouldBe(count);
            for (int i = 0; i < uids.Length; i++)
            {
                table.Find(new EntityUid(uids[i].Type, uids[i].Id)).ShouldBe(i < count ? uids[i] : null);
            }

            table.Slots.ToArray().Count(slot => slot.Key is not null).ShouldBe(count);
        }

        default(UidTable<EntityUid>).Find(uids[0]).ShouldBeNull();
    }

    private static string Copy(string text) => new StringBuilder(text).ToString();
}
