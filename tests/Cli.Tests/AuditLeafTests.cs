using System.Text;
using AccessGov.LeafVerification;
using AccessGov.Testing;

namespace AccessGov.Cli.Tests;

public sealed class AuditLeafTests
{
    private const string Head = "\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\","
        + "\"recv_ts\":\"2026-11-27T18:40:00.000003Z\",\"seq\":0,";

    [Theory]
    [InlineData("{", "\"v\":1}", null)]
    [InlineData("{", "\"ts\":\"Größe \\\"😀\\\" \\u0001\\n\",\"v\":1}", null)]
    [InlineData("{\"a\":[],\"b\":{},\"c\":[-1,true,false,null,9007199254740991,{\"x\":[[1]]}],", "\"v\":1}", null)]
    [InlineData("{\"\":0,", "\"v\":1}", null)]
    [InlineData("{", "\"v\":1,\"\uFB33\":0,\"\U0001F600\":1}", "leaf_not_canonical")]
    [InlineData("{", "\"v\":1,\"\U0001F600\":1,\"\uFB33\":0}", null)]
    [InlineData("{ ", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{", "\"v\":1}\n", "leaf_not_canonical")]
    [InlineData("{", "\"v\": 1}", "leaf_not_canonical")]
    [InlineData("{\"z\":1,", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"prev\":\"\",", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":1,\"a\":2,", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":1.0,", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":1e2,", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":-0,", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":9007199254740992,", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":{\"y\":1,\"x\":2},", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":\"\\u0041\",", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{\"a\":\"\\/\",", "\"v\":1}", "leaf_not_canonical")]
    [InlineData("{", "\"v\":2}", "version_unknown")]
    [InlineData("{", "\"v\":\"1\"}", "leaf_malformed")]
    [InlineData("{\"a\":01,", "\"v\":1}", "leaf_malformed")]
    [InlineData("{\"a\":[1,],", "\"v\":1}", "leaf_malformed")]
    [InlineData("{\"a\":tru,", "\"v\":1}", "leaf_malformed")]
    [InlineData("{\"a\":\"b,", "\"v\":1}", "leaf_malformed")]
    [InlineData("{\"a\" 1,", "\"v\":1}", "leaf_malformed")]
    [InlineData("{\"a\":1,", "\"v\":1", "leaf_malformed")]
    public void A_leaf_is_canonical_JSON_of_version_1(string before, string after, string? code) =>
        (Leaf.Read(Encoding.UTF8.GetBytes(before + Head + after), out _)?.Code).ShouldBe(code);

    [Fact]
    public void Leaves_as_services_make_them_are_read_the_quick_way_and_the_same_as_the_slow_way()
    {
        var leaves = new SampleLeaf();
        foreach (byte[] bytes in (byte[][])[leaves.Next(), leaves.Next("export"),
            leaves.NextAttestation("policy-decision", 7, 7, new string('a', 64))])
        {
            PlainLeaf.TryRead(bytes, out Leaf quick).ShouldBeTrue();
            Leaf.ReadAny(bytes, out Leaf slow).ShouldBeNull();
            quick.ShouldBe(slow);
        }
    }

    /// <summary>
    /// Two readers of one format are one too many, unless the quick one never says yes where the other says no, and reads the same.
    /// </summary>
    [Fact]
    public void The_quick_way_never_accepts_what_the_slow_way_refuses()
    {
        var random = new Random(20261127);
        byte[][] leaves = SampleLeaf.Several(20);
        byte[] likely = "{}[],:\"\\ 0123456789-+.eEtrufalsn\n\0aZ\xff"u8.ToArray();
        int accepted = 0;
        for (int round = 0; round < 200_000; round++)
        {
            List<byte> changed = [.. leaves[random.Next(leaves.Length)]];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int place = random.Next(changed.Count);
                switch (random.Next(4))
                {
                    case 0:
                        changed[place] = likely[random.Next(likely.Length)];
                        break;
                    case 1:
                        changed.Insert(place, likely[random.Next(likely.Length)]);
                        break;
                    case 2:
                        changed.RemoveAt(place);
                        break;
                    default:
                        int length = Math.Min(random.Next(1, 40), changed.Count - place);
                        changed.InsertRange(random.Next(changed.Count), changed.GetRange(place, length));
                        break;
                }
            }

            byte[] bytes = [.. changed];
            if (PlainLeaf.TryRead(bytes, out Leaf quick))
            {
                accepted++;
                Leaf.ReadAny(bytes, out Leaf slow).ShouldBeNull(Encoding.UTF8.GetString(bytes));
                quick.ShouldBe(slow);
            }
        }

        accepted.ShouldBeGreaterThan(10_000);
    }
}
