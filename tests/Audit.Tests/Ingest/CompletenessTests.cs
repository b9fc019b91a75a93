using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Ingest;

public sealed class CompletenessTests(AuditHost host) : IClassFixture<AuditHost>
{
    [Fact]
    [Trait("Requirement", "S50")]
    public async Task The_source_and_the_field_that_is_missing_are_named()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        await own.Intake.AcceptAsync("pacs", [Records.View(), Records.View() with { Session = null },
            Records.View() with { Session = null, Kind = "other" }], CancellationToken.None);
        await own.Intake.AcceptAsync("pacs", [Records.View() with { Workstation = null, Actor = null },
            Records.View() with { Address = null, Workstation = null }], CancellationToken.None);
        await own.Intake.AcceptAsync("ris", [Unparsed.Of("x"u8, "not_xml", Records.At)], CancellationToken.None);

        JsonNode report = await ReportAsync(own, "");
        ((bool?)report["complete"]).ShouldBe(false);
        report["sources"]!.AsArray().Select(row => $"{row!["source"]} {row["kind"]} {row["events"]} {row["missing"]!.ToJsonString()}")
            .ShouldBe(
        [
            """pacs decision 4 {"session":1,"user":1,"workstation_or_address":1}""",
            """pacs other 1 {"session":1}""",
            """ris unparsed 1 {"action":1,"date_time":1,"object":1,"outcome":1,"session":1,"user":1,"workstation_or_address":1}""",
        ]);
        (await ReportAsync(own, "?from=2020-01-01&to=2020-12-31"))["sources"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Sources_that_say_everything_are_complete()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        await own.Intake.AcceptAsync("pacs", [Records.View(), Records.View() with { Action = AuditActions.SignIn, Study = null,
            Patient = null }], CancellationToken.None);
        ((bool?)(await ReportAsync(own, ""))["complete"]).ShouldBe(true);
    }

    [Fact]
    public void An_outcome_that_was_not_stated_is_missing() =>
        Completeness.Missing(Records.View() with { Reason = Completeness.OutcomeNotStated })[Completeness.Fields.ToList()
            .IndexOf("outcome")].ShouldBeTrue();

    [Fact]
    public async Task What_is_not_committed_is_not_counted_and_many_at_once_do_not_lock_each_other_out()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => own.Intake.AcceptAsync(
            i % 2 == 0 ? "pacs" : "ris", [.. Enumerable.Range(0, 6).Select(kind => Records.View() with { Kind = $"k{(i + kind) % 6}" })],
            CancellationToken.None)));

        await using (var connection = await own.Services.GetRequiredService<TrailDatabase>().Append.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await own.Intake.AcceptAsync("pacs", [Records.View() with { Kind = "k0" }], transaction, CancellationToken.None);
            await transaction.RollbackAsync();
        }

        (await ReportAsync(own, ""))["sources"]!.AsArray().Select(row => (int)row!["events"]!).ShouldAllBe(events => events == 20);
    }

    [Theory]
    [InlineData("?from=yesterday")]
    [InlineData("?from=2026-11-28&to=2026-11-27")]
    [InlineData("?from=1990-01-01&to=2026-11-27")]
    public async Task A_period_that_is_none_is_refused(string query)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/completeness{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("urn:accessgov:audit:period_malformed");
    }

    [Fact]
    public async Task Whoever_may_not_read_is_refused()
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Get, "/completeness", token: host.TokenOf("grace", "audit.append"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<JsonNode> ReportAsync(AuditHost host, string query)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/completeness{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
