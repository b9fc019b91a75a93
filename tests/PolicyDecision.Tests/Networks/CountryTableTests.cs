using System.Net;
using AccessGov.PolicyDecision.Networks;

namespace AccessGov.PolicyDecision.Tests.Networks;

public sealed class CountryTableTests
{
    private const string Csv =
        """
        network,country
        # documentation networks
        203.0.113.0/24,AT,"further columns"
        203.0.113.64/26,DE
        "203.0.113.80/28", CH
        198.51.100.0/25,FR
        2001:db8::/32,AT
        2001:db8:1::/48,DE

        """;

    [Theory]
    [InlineData("203.0.113.1", "AT")]
    [InlineData("203.0.113.64", "DE")]
    [InlineData("203.0.113.80", "CH")]
    [InlineData("203.0.113.95", "CH")]
    [InlineData("203.0.113.96", "DE")]
    [InlineData("203.0.113.128", "AT")]
    [InlineData("203.0.114.0", null)]
    [InlineData("203.0.112.255", null)]
    [InlineData("198.51.100.127", "FR")]
    [InlineData("198.51.100.128", null)]
    [InlineData("::ffff:198.51.100.1", "FR")]
    [InlineData("2001:db8:2::1", "AT")]
    [InlineData("2001:db8:1::1", "DE")]
    [InlineData("2001:db9::1", null)]
    [InlineData("0.0.0.0", null)]
    [InlineData("255.255.255.255", null)]
    public void The_longest_network_says_the_country(string address, string? country) => Read(Csv).Find(IPAddress.Parse(address)).ShouldBe(country);

    [Fact]
    public void Every_address_is_where_a_look_at_all_networks_says()
    {
        var random = new Random(20260311);
        for (int round = 0; round < 50; round++)
        {
            (IPNetwork Network, string Country)[] networks = [.. Enumerable.Range(0, 200).Select(_ => Draw(random)).DistinctBy(drawn => drawn.Network)];
            CountryTable table = Read(string.Join('\n', networks.Select(drawn => $"{drawn.Network},{drawn.Country}")));
            for (int i = 0; i < 500; i++)
            {
                var address = new IPAddress([10, (byte)random.Next(2), (byte)random.Next(4), (byte)random.Next(256)]);
                table.Find(address).ShouldBe(
                    networks.Where(drawn => drawn.Network.Contains(address)).OrderByDescending(drawn => drawn.Network.PrefixLength).Select(drawn => drawn.Country).FirstOrDefault(),
                    $"round {round}: {address}");
            }
        }
    }

    [Fact]
    public void Nothing_is_in_a_country_without_a_file() => CountryTable.Empty.Find(IPAddress.Parse("203.0.113.1")).ShouldBeNull();

    [Theory]
    [InlineData("203.0.113.0/24", "Line 1")]
    [InlineData("203.0.113.0/24,at", "Line 1")]
    [InlineData("203.0.113.0/24,Austria", "Line 1")]
    [InlineData("203.0.113.1/24,AT", "Line 1")]
    [InlineData("network,country\nnonsense,AT", "Line 2")]
    [InlineData("203.0.113.0/24,AT\n203.0.113.0/24,DE", "in AT and in DE")]
    public void A_file_that_is_something_else_is_refused_with_its_line(string csv, string said) =>
        Should.Throw<FormatException>(() => Read(csv)).Message.ShouldContain(said);

    private static CountryTable Read(string csv) => CountryTable.Read(new StringReader(csv));

    private static (IPNetwork Network, string Country) Draw(Random random)
    {
        int prefix = random.Next(8, 33);
        uint mask = uint.MaxValue << (32 - prefix);
        uint address = ((10u << 24) | ((uint)random.Next(2) << 16) | ((uint)random.Next(4) << 8) | (uint)random.Next(256)) & mask;
        return (new IPNetwork(new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]), prefix), random.Next(2) == 0 ? "AT" : "DE");
    }
}
