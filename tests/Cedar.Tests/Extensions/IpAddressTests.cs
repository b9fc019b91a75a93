using System.Net;

namespace AccessGov.Cedar.Tests.Extensions;

public sealed class IpAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.3.4.1/2", "127.3.4.1/2")]
    [InlineData("192.168.0.1/32", "192.168.0.1")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::", "::")]
    [InlineData("::/0", "::/0")]
    [InlineData("::/5", "::/5")]
    [InlineData("a::", "a::")]
    [InlineData("::f", "::f")]
    [InlineData("F:AE::F:5:F:F:0", "f:ae:0:f:5:f:f:0")]
    [InlineData("a::f/120", "a::f/120")]
    [InlineData("1:2:3:4:a:b:c:d/128", "1:2:3:4:a:b:c:d")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("0001:0:0:2:0:0:0:3", "1:0:0:2::3")]
    [InlineData("::ffff:0a00:1", "::ffff:a00:1")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_valid_address_is_written_in_its_shortest_form_and_reads_back_equal(string text, string written)
    {
        IpAddressValue.TryParse(text, out IpAddressValue? value).ShouldBeTrue();
        value!.ToString().ShouldBe($"ip(\"{written}\")");
        Json.RoundTrip(value).ShouldBe(value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/8")]
    [InlineData("127.0.0.1.")]
    [InlineData(".127.0.0.1")]
    [InlineData("127.0..0.1")]
    [InlineData("127.0.0")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("127.0.a.1")]
    [InlineData("127.3.4.1/33")]
    [InlineData("127.3.4.1/")]
    [InlineData("127.3.4.1/-1")]
    [InlineData("127.3.4.1/8/8")]
    [InlineData("127.3.4.1/ 8")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1 ")]
    [InlineData("10.0.0.1\n")]
    [InlineData("2130706433")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("::::")]
    [InlineData("::f::")]
    [InlineData("1::2::3")]
    [InlineData("1:::2")]
    [InlineData("F:AE::F:5:F:F:0:0")]
    [InlineData("1:2:3:4:5:6:7::8")]
    [InlineData("F:A:F:5:F:F:0:0:1")]
    [InlineData("F:A")]
    [InlineData(":1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData("::ffff1")]
    [InlineData("::g")]
    [InlineData("F:AE::F:5:F:F:0/129")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1/3")]
    [InlineData("::/00")]
    [InlineData("::/01")]
    [InlineData("::/001")]
    [InlineData("127.0.0.1/01")]
    [InlineData("F:AE::F:5:F:F:0/01")]
    [InlineData("::1%lo")]
    [InlineData("[::1]")]
    [InlineData("١.0.0.1")]
    public void Anything_else_is_not_an_address(string text) => IpAddressValue.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("127.0.0.1/8", true, false)]
    [InlineData("127.0.0.1/4", false, false)]
    [InlineData("128.0.0.1", false, false)]
    [InlineData("::B", false, false)]
    [InlineData("::1", true, false)]
    [InlineData("::1/127", false, false)]
    [InlineData("::ffff:ff00:0001", false, false)]
    [InlineData("224.0.0.1", false, true)]
    [InlineData("239.255.255.255", false, true)]
    [InlineData("240.0.0.0", false, false)]
    [InlineData("224.0.0.0/4", false, true)]
    [InlineData("224.0.0.0/3", false, false)]
    [InlineData("ff00::1", false, true)]
    [InlineData("ff00::/8", false, true)]
    [InlineData("ff00::/7", false, false)]
    [InlineData("fe00::1", false, false)]
    public void Loopback_and_multicast_mean_the_whole_range(string text, bool isLoopback, bool isMulticast)
    {
        Cedar.Outcome($"ip(\"{text}\").isLoopback()").ShouldBe(isLoopback ? "true" : "false");
        Cedar.Outcome($"ip(\"{text}\").isMulticast()").ShouldBe(isMulticast ? "true" : "false");
    }

    [Theory]
    [InlineData("238.238.238.238", "238.238.238.41/12", true)]
    [InlineData("238.238.238.238", "238.238.238.238", true)]
    [InlineData("F:AE::F:5:F:F:0", "F:AE::F:5:F:F:0", true)]
    [InlineData("F:AE::F:5:F:F:1", "F:AE::F:5:F:F:0/127", true)]
    [InlineData("F:AE::F:5:F:F:2", "F:AE::F:5:F:F:0/127", false)]
    [InlineData("0.0.0.0", "::", false)]
    [InlineData("::", "0.0.0.0", false)]
    [InlineData("::/0", "0.0.0.0/0", false)]
    [InlineData("::5", "::/0", true)]
    [InlineData("::/0", "::/0", true)]
    [InlineData("::/0", "::/1", false)]
    [InlineData("1.2.3.4", "0.0.0.0/0", true)]
    [InlineData("10.0.0.0", "10.0.0.0/24", true)]
    [InlineData("10.0.0.0", "10.0.0.1/24", true)]
    [InlineData("10.0.0.0", "10.0.0.1/32", false)]
    [InlineData("10.0.0.1", "10.0.0.0/24", true)]
    [InlineData("10.0.0.0/24", "10.0.0.0/32", false)]
    [InlineData("10.0.0.0/32", "10.0.0.0/24", true)]
    [InlineData("10.0.0.1/24", "10.0.0.0/24", true)]
    [InlineData("10.0.0.0/24", "10.0.0.1/24", true)]
    [InlineData("10.0.0.0/24", "10.0.0.0/29", false)]
    [InlineData("10.0.0.0/29", "10.0.0.1/24", true)]
    [InlineData("10.0.0.1/24", "10.0.0.0/29", false)]
    [InlineData("0.0.0.0/31", "0.0.0.1/31", true)]
    [InlineData("0.0.0.1/31", "0.0.0.0/31", true)]
    public void A_range_is_in_another_when_all_its_addresses_are(string left, string right, bool expected) =>
        Cedar.Outcome($"ip(\"{left}\").isInRange(ip(\"{right}\"))").ShouldBe(expected ? "true" : "false");

    [Theory]
    [InlineData("10.0.0.0", "10.0.0.0", true)]
    [InlineData("10.0.0.0", "10.0.0.1", false)]
    [InlineData("10.0.0.0/32", "10.0.0.0", true)]
    [InlineData("10.0.0.0/24", "10.0.0.0", false)]
    [InlineData("10.0.0.0/24", "10.0.0.0/29", false)]
    [InlineData("10.0.0.1/8", "10.0.0.0/8", false)]
    [InlineData("0.0.0.1", "::1", false)]
    [InlineData("::ffff:0a00:1", "10.0.0.1", false)]
    public void Equality_compares_address_and_prefix(string left, string right, bool expected) =>
        Cedar.Outcome($"ip(\"{left}\") == ip(\"{right}\")").ShouldBe(expected ? "true" : "false");

    [Theory]
    [InlineData("10.1.2.3", "ip(\"10.1.2.3\")")]
    [InlineData("::ffff:10.1.2.3", "ip(\"10.1.2.3\")")]
    [InlineData("2001:db8::1", "ip(\"2001:db8::1\")")]
    [InlineData("fe80::1%3", "ip(\"fe80::1\")")]
    public void The_address_of_a_connection_becomes_what_a_policy_would_write(string address, string written) =>
        IpAddressValue.From(IPAddress.Parse(address)).ToString().ShouldBe(written);

    [Fact]
    public void A_prefix_longer_than_the_address_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => IpAddressValue.From(IPAddress.Loopback, 33));
        IpAddressValue.From(IPAddress.Loopback, 8).PrefixLength.ShouldBe(8);
        Should.Throw<ArgumentException>(() => IpAddressValue.FromBytes([1, 2, 3]));
    }
}
