using System.Net;
using System.Numerics;

namespace AccessGov.Cedar.Tests.Extensions;

/// <summary>Ranges of addresses against intervals of integers, and the texts of addresses against .NET's.</summary>
public sealed class RangeTests
{
    [Fact]
    public void A_range_lies_in_another_when_its_interval_does()
    {
        int inside = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            bool isIpv6 = random.Next(2) == 0;
            IpAddressValue one = Random(random, isIpv6);
            IpAddressValue other = random.Next(3) > 0 ? Near(random, one) : Random(random, random.Next(2) == 0);
            (BigInteger low, BigInteger high) = Interval(one);
            (BigInteger from, BigInteger to) = Interval(other);
            bool expected = one.IsIpv6 == other.IsIpv6 && from <= low && high <= to;

            one.IsInRange(other).ShouldBe(expected, $"seed {seed}: {one} in {other}");
            one.IsInRange(one).ShouldBeTrue();
            inside += expected ? 1 : 0;
        }

        inside.ShouldBeInRange(3_000, 17_000);
    }

    [Fact]
    public void Loopback_and_multicast_are_ranges_of_their_own()
    {
        (string Text, Func<IpAddressValue, bool> Test)[] ranges =
        [
            ("127.0.0.0/8", address => address.IsLoopback), ("::1/128", address => address.IsLoopback),
            ("224.0.0.0/4", address => address.IsMulticast), ("ff00::/8", address => address.IsMulticast),
        ];
        for (int seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            IpAddressValue range = Parse(ranges[random.Next(ranges.Length)].Text);
            IpAddressValue address = Near(random, range);

            address.IsLoopback.ShouldBe(address.IsInRange(Parse("127.0.0.0/8")) || address.IsInRange(Parse("::1/128")), $"seed {seed}: {address}");
            address.IsMulticast.ShouldBe(address.IsInRange(Parse("224.0.0.0/4")) || address.IsInRange(Parse("ff00::/8")), $"seed {seed}: {address}");
        }
    }

    [Fact]
    public void An_IPv6_address_is_written_as_the_standard_asks()
    {
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = Bytes(random, 16);
            var address = new IPAddress(bytes);
            string written = IpAddressValue.FromBytes(bytes).ConstructorArgument;

            IPAddress.Parse(written).ShouldBe(address, $"seed {seed}");
            // .NET writes some of them with a dotted tail, which Cedar does not read.
            if (!address.ToString().Contains('.'))
            {
                written.ShouldBe(address.ToString(), $"seed {seed}");
            }

            written.Contains('.').ShouldBeFalse();
            Parse(written).ShouldBe(IpAddressValue.FromBytes(bytes));
        }
    }

    [Theory]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    [InlineData("0:0:0:0:0:0:0:1", "::1")]
    [InlineData("1:0:0:0:0:0:0:0", "1::")]
    [InlineData("1:0:2:0:0:3:0:0", "1:0:2::3:0:0")]
    [InlineData("0:0:1:0:0:0:1:0", "0:0:1::1:0")]
    [InlineData("1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0")]
    [InlineData("0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("1:0:0:4:5:0:0:8", "1::4:5:0:0:8")]
    [InlineData("00A:0B:C::", "a:b:c::")]
    [InlineData("0:0:0:0:0:ffff:a00:1", "::ffff:a00:1")]
    public void Of_runs_of_zeros_the_first_longest_is_left_out_and_one_alone_is_not(string text, string written) => Parse(text).ConstructorArgument.ShouldBe(written);

    [Fact]
    public void Every_prefix_length_of_both_families_counts_its_bits()
    {
        for (int prefix = 0; prefix <= 32; prefix++)
        {
            IpAddressValue range = Parse($"10.0.0.1/{prefix}");
            range.PrefixLength.ShouldBe(prefix);
            (BigInteger low, BigInteger high) = Interval(range);
            (high - low + 1).ShouldBe(BigInteger.Pow(2, 32 - prefix));
            AtEdges(range, low, high, 4);
        }

        for (int prefix = 0; prefix <= 128; prefix++)
        {
            IpAddressValue range = Parse($"2001:db8::1/{prefix}");
            range.PrefixLength.ShouldBe(prefix);
            (BigInteger low, BigInteger high) = Interval(range);
            AtEdges(range, low, high, 16);
        }

        IpAddressValue.TryParse("10.0.0.1/33", out _).ShouldBeFalse();
        IpAddressValue.TryParse("::/129", out _).ShouldBeFalse();

        static void AtEdges(IpAddressValue range, BigInteger low, BigInteger high, int length)
        {
            BigInteger last = BigInteger.Pow(2, length * 8) - 1;
            Of(low, length).IsInRange(range).ShouldBeTrue($"{range}");
            Of(high, length).IsInRange(range).ShouldBeTrue($"{range}");
            (low > 0 && Of(low - 1, length).IsInRange(range)).ShouldBeFalse($"{range}");
            (high < last && Of(high + 1, length).IsInRange(range)).ShouldBeFalse($"{range}");
        }
    }

    [Theory]
    [InlineData("10.1.2.3", null, "10.1.2.3")]
    [InlineData("10.1.2.3", 8, "10.1.2.3/8")]
    [InlineData("10.1.2.3", 32, "10.1.2.3")]
    [InlineData("10.1.2.3", 0, "10.1.2.3/0")]
    [InlineData("2001:db8::1", 64, "2001:db8::1/64")]
    [InlineData("2001:db8::1", 128, "2001:db8::1")]
    [InlineData("::ffff:10.1.2.3", 8, "10.1.2.3/8")]
    [InlineData("::10.1.2.3", null, "::a01:203")]
    public void An_address_of_NET_keeps_its_bits_and_takes_a_prefix(string address, int? prefix, string expected) =>
        IpAddressValue.From(IPAddress.Parse(address), prefix).ConstructorArgument.ShouldBe(expected);

    [Theory]
    [InlineData("10.0.0.1", 33)]
    [InlineData("10.0.0.1", -1)]
    [InlineData("::1", 129)]
    [InlineData("::1", -1)]
    [InlineData("::ffff:10.0.0.1", 33)]
    public void A_prefix_that_the_family_does_not_have_is_refused(string address, int prefix) =>
        Should.Throw<ArgumentOutOfRangeException>(() => IpAddressValue.From(IPAddress.Parse(address), prefix)).ParamName.ShouldBe("prefixLength");

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(17)]
    public void Other_numbers_of_bytes_are_no_address(int length) =>
        Should.Throw<ArgumentException>(() => IpAddressValue.FromBytes(new byte[length])).Message.ShouldStartWith("An address has 4 or 16 bytes.");

    private static IpAddressValue Parse(string text) => IpAddressValue.TryParse(text, out IpAddressValue? value) ? value : throw new ArgumentException(text, nameof(text));

    private static IpAddressValue Of(BigInteger number, int length)
    {
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return IpAddressValue.FromBytes([.. new byte[length - bytes.Length], .. bytes]);
    }

    private static IpAddressValue Random(Random random, bool isIpv6)
    {
        int length = isIpv6 ? 16 : 4;
        return IpAddressValue.FromBytes(Bytes(random, length), random.Next((length * 8) + 1));
    }

    // Some bits of the same address under another prefix: likely inside, around or just beside.
    private static IpAddressValue Near(Random random, IpAddressValue range)
    {
        int length = range.IsIpv6 ? 16 : 4;
        byte[] bytes = IPAddress.Parse(range.ConstructorArgument.Split('/')[0]).GetAddressBytes();
        if (random.Next(2) == 0)
        {
            bytes[random.Next(length)] ^= (byte)(1 << random.Next(8));
        }

        return IpAddressValue.FromBytes(bytes, Math.Clamp(range.PrefixLength + random.Next(-8, 9), 0, length * 8));
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        for (int i = 0; i < length; i++)
        {
            bytes[i] = random.Next(3) == 0 ? bytes[i] : (byte)0;
        }

        return bytes;
    }

    // From the text alone: the address as an integer, its last bits all cleared and all set.
    private static (BigInteger Low, BigInteger High) Interval(IpAddressValue range)
    {
        string[] parts = range.ConstructorArgument.Split('/');
        byte[] bytes = IPAddress.Parse(parts[0]).GetAddressBytes();
        int free = (bytes.Length * 8) - (parts.Length == 1 ? bytes.Length * 8 : int.Parse(parts[1]));
        var address = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        BigInteger size = BigInteger.Pow(2, free);
        BigInteger low = address / size * size;
        return (low, low + size - 1);
    }
}
