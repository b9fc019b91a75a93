using AccessGov.PolicyDecision.Networks;
using AccessGov.PolicyDecision.Sites;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Networks;

public sealed class NetworkListSpecs
{
    private static readonly DefineNetworkList.Command Command = new("Reading group", [new DefineSite.Network("office", "203.0.113.0/24")], ["DE", "AT"]);
    private static readonly NetworkListDefined Defined = new("Reading group", [new SiteNetwork("office", "203.0.113.0/24")], ["AT", "DE"]);

    [Fact]
    public void A_network_list_is_defined() => Define(Command).Then(Defined);

    [Fact]
    public void A_network_list_defined_as_it_is_stays_as_it_is() =>
        Spec.Given(NetworkList.Streams, Defined).When(state => DefineNetworkList.Decide(state, "remote-reading", Command)).ThenNothing();

    [Fact]
    public void A_network_list_may_name_countries_alone() =>
        Define(Command with { Networks = null }).Then(Defined with { Networks = [] });

    [Fact]
    public void A_removed_network_list_may_be_defined_again() =>
        Spec.Given<NetworkList, NetworkListEvent>(NetworkList.Streams, Defined, new NetworkListRemoved()).When(state => DefineNetworkList.Decide(state, "remote-reading", Command)).Then(Defined);

    [Fact]
    public void A_network_list_names_something() => Define(Command with { Networks = [], Countries = [] }).ThenRefused("network_list_malformed");

    [Fact]
    public void A_network_list_says_what_it_is_for() => Define(Command with { Description = " " }).ThenRefused("network_list_malformed");

    [Theory]
    [InlineData("at")]
    [InlineData("AUT")]
    [InlineData("Ä1")]
    public void A_country_is_two_capital_letters(string country) => Define(Command with { Countries = [country] }).ThenRefused("country_malformed");

    [Fact]
    public void A_country_is_named_once() => Define(Command with { Countries = ["AT", "AT"] }).ThenRefused("country_malformed");

    [Fact]
    public void A_network_is_in_cidr_notation() => Define(Command with { Networks = [new("office", "203.0.113.9/24")] }).ThenRefused("network_malformed");

    [Fact]
    public void A_network_is_not_half_the_internet() => Define(Command with { Networks = [new("typo", "0.0.0.0/1")] }).ThenRefused("network_too_wide");

    [Fact]
    public void A_network_list_is_removed() => Spec.Given(NetworkList.Streams, Defined).When(RemoveNetworkList.Decide).Then(new NetworkListRemoved());

    [Fact]
    public void What_is_not_there_is_not_removed() => Spec.Given(NetworkList.Streams).When(RemoveNetworkList.Decide).ThenRefused("network_list_unknown");

    private static Decided<NetworkListEvent> Define(DefineNetworkList.Command command) =>
        Spec.Given(NetworkList.Streams).When(state => DefineNetworkList.Decide(state, "remote-reading", command));
}
