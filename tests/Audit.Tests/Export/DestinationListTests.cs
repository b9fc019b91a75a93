using System.Net;
using System.Text.Json;
using AccessGov.Audit.Export.Destinations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Tests.Export;

public sealed class DestinationListTests(AuditHost host) : IClassFixture<AuditHost>
{
    [Fact]
    public async Task Without_destinations_the_list_is_empty()
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/export-destinations");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("destinations").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Only_whoever_may_read_the_trail_sees_where_it_goes()
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/export-destinations",
            token: host.TokenOf("ada", "audit.append"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_destination_is_told_with_its_lag_and_what_failed()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(exporting.Superuser);
        await using NpgsqlCommand fill =
            superuser.CreateCommand("update trail.head set size = 100; insert into trail.progress (name, size) values ('export:siem', 60)");
        await fill.ExecuteNonQueryAsync();
        var options = new ExportOptions
        {
            Destinations = { ["siem"] = new() { Kind = DestinationKind.SyslogTls }, ["repository"] =
                new() { Kind = DestinationKind.Fhir } },
        };
        var states = new DestinationStates(Options.Create(options), exporting.Database);
        var health = new DestinationsHealth(states);

        (await health.CheckHealthAsync(new())).Status.ShouldBe(HealthStatus.Healthy);
        states.Of("siem").Failed("The collector ended the connection.", Records.At);

        IReadOnlyList<DestinationReport> reports = await states.ReadAsync(CancellationToken.None);
        reports.Select(report => (report.Name, report.Position, report.Lag, report.Status, report.LastError)).ShouldBe(
        [
            ("repository", null, null, "starting", null),
            ("siem", 60L, 40L, "failing", "The collector ended the connection."),
        ]);
        HealthCheckResult found = await health.CheckHealthAsync(new());
        (found.Status, found.Data["siem"]).ShouldBe((HealthStatus.Degraded, "failing, 40 behind"));
    }

    [Fact]
    public async Task A_position_goes_forward_and_belongs_to_one()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        await using ExportPosition? mine = await ExportPosition.TakeAsync(exporting.Database, "siem", 5, CancellationToken.None);
        mine!.Size.ShouldBe(5);
        (await ExportPosition.TakeAsync(exporting.Database, "siem", 0, CancellationToken.None)).ShouldBeNull();

        await mine.MoveAsync(9, CancellationToken.None);
        await Should.ThrowAsync<InvalidOperationException>(() => mine.MoveAsync(8, CancellationToken.None));
        await mine.DisposeAsync();

        await using ExportPosition? next = await ExportPosition.TakeAsync(exporting.Database, "siem", 0, CancellationToken.None);
        next!.Size.ShouldBe(9);
    }
}
