using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>Which classes and years there are leaves of, as the sequencer keeps it.</summary>
public sealed class ClassYearsTests
{
    private const string Years = "select count(*) from trail.class_year";

    [Fact]
    public async Task What_was_noted_in_a_round_that_failed_is_noted_again()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        (await host.AskAsync<long>(Years)).ShouldBe(0);
        await host.ExecuteAsync(
            """
            create function trail.refuse() returns trigger language plpgsql as $$
            begin if new.size <> old.size then raise exception 'not now'; end if; return new; end $$;
            create trigger refuse before update on trail.head for each row execute function trail.refuse()
            """);
        var state = host.Services.GetRequiredService<TrailState>();
        await host.Intake.AcceptAsync("pacs", [Records.View()], CancellationToken.None);
        await Eventually.HoldsAsync(
            () => state.Failure?.Contains("not now", StringComparison.Ordinal) == true, "a round has failed");
        await host.ExecuteAsync("drop trigger refuse on trail.head");
        await PublishedTrail.HasAsync(host, 1);
        (await host.AskAsync<long>(Years)).ShouldBe(1);
    }
}
