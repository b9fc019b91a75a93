using System.Net;
using AccessGov.PolicyDecision.ForwardAuth;

namespace AccessGov.PolicyDecision.Tests.ForwardAuth;

public sealed class TrustedProxiesTests
{
    private static readonly TrustedProxies Proxies = new(["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]);

    [Theory]
    // Nobody speaks for a peer that is not a proxy of ours.
    [InlineData("192.0.2.1", "10.1.1.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "10.1.1.1", "192.0.2.1")]
    // From the right, over our own hops, to the first that is not ours: what stands further left is anybody's claim.
    [InlineData("127.0.0.1", "198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7")]
    [InlineData("127.0.0.1", "10.9.9.9, 198.51.100.7, 10.0.0.2", "198.51.100.7")]
    [InlineData("127.0.0.1", "garbage, 198.51.100.7", "198.51.100.7")]
    [InlineData("::ffff:127.0.0.1", "::ffff:198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1", "198.51.100.7:4711", "198.51.100.7")]
    [InlineData("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("127.0.0.1", "2001:db8::1", "2001:db8::1")]
    [InlineData("fd00::1", "2001:db8::1", "2001:db8::1")]
    [InlineData("127.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    // A proxy of ours that says nothing or nonsense: nobody knows who asks.
    [InlineData("127.0.0.1", "", null)]
    [InlineData("127.0.0.1", "198.51.100.7, garbage", null)]
    [InlineData("127.0.0.1", "198.51.100.7, ", null)]
    [InlineData("127.0.0.1", "unknown", null)]
    [InlineData("127.0.0.1", "1", null)]
    [InlineData("127.0.0.1", "0x7f.0.0.1", null)]
    [InlineData("127.0.0.1", "010.0.0.1", null)]
    [InlineData("127.0.0.1", "fe80::1%2", null)]
    public void The_address_nearest_to_us_that_is_not_ours_counts(string peer, string forwardedFor, string? expected) =>
        (Proxies.ClientOf(IPAddress.Parse(peer), forwardedFor.Length == 0 ? [] : [forwardedFor])?.ToString()).ShouldBe(expected);

    [Fact]
    public void Several_header_lines_are_one_list() =>
        (Proxies.ClientOf(IPAddress.Parse("127.0.0.1"), ["203.0.113.9", "198.51.100.7, 10.0.0.2"])?.ToString()).ShouldBe("198.51.100.7");

    [Fact]
    public void A_list_without_end_is_not_walked() =>
        Proxies.ClientOf(IPAddress.Parse("127.0.0.1"), [string.Join(',', Enumerable.Repeat("10.0.0.1", 10_000))]).ShouldBeNull();

    [Fact]
    public void No_peer_is_no_address() => Proxies.ClientOf(null, ["198.51.100.7"]).ShouldBeNull();
}
