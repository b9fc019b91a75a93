using AccessGov.Testing;

namespace AccessGov.EndToEnd;

public sealed class SeparateNetworkFactTests
{
    [Theory]
    [InlineData(true, null, false)]
    [InlineData(false, null, true)]
    [InlineData(false, "optional", true)]
    [InlineData(false, "required", false)]
    public void Where_it_is_required_no_test_with_a_cable_is_skipped(bool allowed, string? mode, bool skipped) =>
        (SeparateNetworkFactAttribute.ReasonToSkip(allowed, mode) is not null).ShouldBe(skipped);
}
