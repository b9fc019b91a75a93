namespace AccessGov.EventSourcing.Tests;

public sealed class OutageTests
{
    [Fact]
    public void An_outage_is_told_once_for_each_reason_and_again_after_it_was_over()
    {
        var outage = new Outage();

        outage.IsNews(new IOException("away")).ShouldBeTrue();
        outage.IsNews(new IOException("away")).ShouldBeFalse();
        outage.IsNews(new IOException("full")).ShouldBeTrue();
        outage.Over();
        outage.IsNews(new IOException("full")).ShouldBeTrue();
    }
}
