using System.Text.Json.Nodes;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Destinations;
using AccessGov.Audit.Ingest;
using AccessGov.Testing;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace AccessGov.Audit.Tests.Export;

/// <summary>An event that a destination refuses for good is left out there by a person, who says why.</summary>
public sealed class SkipEventTests
{
    private static readonly DestinationReport Destination = new(
        "repository", DestinationKind.Fhir, ExportFormat.Fhir, false, "failing", null, 5, null, null, "422", Records.At)
    {
        Position = 7, Refused = 7,
    };

    [Theory]
    [InlineData(7L, "It has no end.", "failing", 7L, 7L, null)]
    [InlineData(7L, null, "failing", 7L, 7L, "reason_malformed")]
    [InlineData(null, "It has no end.", "failing", 7L, 7L, "sequence_malformed")]
    [InlineData(-1L, "It has no end.", "failing", 7L, 7L, "sequence_malformed")]
    [InlineData(7L, "It has no end.", "elsewhere", 7L, null, "served_elsewhere")]
    [InlineData(8L, "It has no end.", "failing", 7L, 7L, "not_at_position")]
    [InlineData(6L, "It has no end.", "failing", 7L, 7L, "not_at_position")]
    [InlineData(0L, "It has no end.", "starting", null, null, "not_at_position")]
    [InlineData(7L, "It has no end.", "failing", 7L, null, "not_refused")]
    [InlineData(7L, "It has no end.", "connected", 7L, null, "not_refused")]
    public void Only_the_refused_event_at_the_position_is_left_out(
        long? sequence, string? reason, string status, long? position, long? refused, string? expected) =>
        (SkipEvent.Decide(new(sequence, reason), Destination with { Status = status, Position = position, Refused = refused })?.Code)
            .ShouldBe(expected);

    [Fact]
    public void There_is_nothing_to_leave_out_where_there_is_no_destination() =>
        SkipEvent.Decide(new(7, "It has no end."), null)!.Code.ShouldBe("destination_unknown");

    [Theory]
    [InlineData(100, false)]
    [InlineData(1, false)]
    [InlineData(100, true)]
    public async Task What_is_refused_for_good_is_left_out_by_a_person_and_the_trail_says_so(int batch, bool wholly)
    {
        using var folder = new TemporaryFolder();
        using var authority = new IssuingAuthority(folder.Path);
        await using var server = new FhirServer { RefusesWholly = wholly };
        await using AuditHost host = await RefusedAsync(server, authority, batch);

        (await SkipAsync(host, new { sequence = 4, reason = "It has no end." })).ShouldBe((409, "not_at_position"));
        (await SkipAsync(host, new { sequence = 3 })).ShouldBe((400, "reason_malformed"));
        (await SkipAsync(host, new { reason = "It has no end." })).ShouldBe((400, "sequence_malformed"));
        (await host.DoAsync("ella", "/export-destinations/nowhere/skip", new { sequence = 3, reason = "x" })).Code
            .ShouldBe("destination_unknown");
        ((long?)(await AsItIsAsync(host))["position"]).ShouldBe(3, "what is refused moves nothing");
        (await SkipAsync(host, new { sequence = 3, reason = "It has no end." })).ShouldBe((204, ""));

        await Eventually.HoldsAsync(() => server.Taken.Any(taken => FhirServer.SequenceOf(taken) == 5), "what is behind it arrives");
        server.Taken.Select(FhirServer.SequenceOf).ShouldNotContain(3);
        (await SkipAsync(host, new { sequence = 3, reason = "It has no end." })).ShouldBe((409, "not_at_position"));
        (await host.ToldAsync("ExportDestination::repository", 1)).ShouldBe(["export.skipped ella"]);
        JsonNode told = host.Leaves().Single(leaf => (string?)leaf["kind"] == "export.skipped");
        ((string?)told["cause"], (string?)told["outcome"]).ShouldBe(("Entry::3", AuditOutcomes.Success));
        told.ToJsonString().ShouldNotContain("no end");
    }

    [Fact]
    public async Task Whoever_comes_too_late_leaves_nothing_in_the_trail_either()
    {
        using var folder = new TemporaryFolder();
        using var authority = new IssuingAuthority(folder.Path);
        await using var server = new FhirServer();
        await using AuditHost host = await RefusedAsync(server, authority, 100);
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlConnection other = await superuser.OpenConnectionAsync();
        await using NpgsqlTransaction first = await other.BeginTransactionAsync();
        (await ExportPosition.SkipAsync(first, "repository", 3, CancellationToken.None)).ShouldBeTrue();

        Task<(int Status, string Code)> second = SkipAsync(host, new { sequence = 3, reason = "It has no end." });
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0,
            "the second waits for the first");
        await first.CommitAsync();

        (await second).ShouldBe((409, "not_at_position"));
        await host.AddAsync(Records.View());
        host.Leaves().ShouldNotContain(leaf => (string?)leaf["kind"] == "export.skipped");
    }

    [Fact]
    public async Task Where_the_transaction_is_cut_off_neither_the_position_has_moved_nor_does_the_trail_say_so()
    {
        using var folder = new TemporaryFolder();
        using var authority = new IssuingAuthority(folder.Path);
        await using var server = new FhirServer();
        await using AuditHost host = await RefusedAsync(server, authority, 100);
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlConnection other = await superuser.OpenConnectionAsync();
        await using (NpgsqlTransaction first = await other.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(
                "select size from trail.progress where name = 'export:repository' for update", other, first);
            await hold.ExecuteNonQueryAsync();
            Task<(int Status, string Code)> skipping = SkipAsync(host, new { sequence = 3, reason = "It has no end." });

            // It has told the trail, and waits for the position.
            await Eventually.HoldsAsync(
                async () => await host.AskAsync<long>(
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()
                    and wait_event_type = 'Lock' and query like 'update trail.progress%'
                    """) > 0,
                "the one who waits is cut off");
            (await skipping).Status.ShouldBeGreaterThanOrEqualTo(500);
        }

        await host.AddAsync(Records.View());
        ((long?)(await AsItIsAsync(host))["position"]).ShouldBe(3);
        host.Leaves().ShouldNotContain(leaf => (string?)leaf["kind"] == "export.skipped");

        await Eventually.HoldsAsync(
            async () => (await SkipAsync(host, new { sequence = 3, reason = "It has no end." })).Status == 204, "it is left out");
        (await host.ToldAsync("ExportDestination::repository", 1)).ShouldBe(["export.skipped ella"]);
        ((long?)(await AsItIsAsync(host))["position"]).ShouldNotBe(3);
    }

    [Fact]
    public async Task Of_several_who_leave_out_the_same_event_at_once_one_moves_the_position()
    {
        await using Exporting exporting = await Exporting.StartAsync();
        await using (await ExportPosition.TakeAsync(exporting.Database, "repository", 7, CancellationToken.None))
        {
            bool[] skipped = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SkipOnceAsync()));
            skipped.Count(moved => moved).ShouldBe(1);
        }

        (await exporting.PositionAsync("repository")).ShouldBe(8);

        async Task<bool> SkipOnceAsync()
        {
            await using NpgsqlConnection connection = await exporting.Database.Seal.OpenConnectionAsync();
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            bool moved = await ExportPosition.SkipAsync(transaction, "repository", 7, CancellationToken.None);
            await transaction.CommitAsync();
            return moved;
        }
    }

    [Fact]
    public async Task Only_a_person_with_the_scope_and_two_factors_leaves_something_out()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        const string Path = "/export-destinations/repository/skip", Body = """{"sequence":3,"reason":"why"}""";

        (await StatusAsync(host.StrongTokenOf("ella", "audit.read", "audit.keys"))).ShouldBe(403);
        (await StatusAsync(host.TokenOf("ella", "audit.export"))).ShouldBe(401);
        (await StatusAsync(host.StrongTokenOf("ella", "audit.export"))).ShouldBe(404);

        async Task<int> StatusAsync(string token)
        {
            using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, Path, Body, token);
            return (int)answer.StatusCode;
        }
    }

    /// <summary>A trail of six events, of which the destination refuses the one with the number 3.</summary>
    private static async Task<AuditHost> RefusedAsync(FhirServer server, IssuingAuthority authority, int batch)
    {
        await server.StartAsync(authority);
        server.Refuses = taken => FhirServer.SequenceOf(taken) == 3 ? StatusCodes.Status422UnprocessableEntity : null;
        (string certificate, string key) = authority.Issue("accessgov-audit");
        AuditHost host = await AuditHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:Export:Destinations:repository:Kind"] = "Fhir",
            ["Audit:Export:Destinations:repository:Address"] = server.Address,
            ["Audit:Export:Destinations:repository:CaFile"] = authority.File,
            ["Audit:Export:Destinations:repository:CertificateFile"] = certificate,
            ["Audit:Export:Destinations:repository:KeyFile"] = key,
            ["Audit:Export:Destinations:repository:BatchMax"] = $"{batch}",
            ["Audit:Export:PollInterval"] = "00:00:00.050",
        });
        await host.AddAsync([.. Enumerable.Range(0, 6).Select(_ => Records.View())]);
        await Eventually.HoldsAsync(async () => (long?)(await AsItIsAsync(host))["refused"] == 3, "it is refused");
        ((long?)(await AsItIsAsync(host))["position"]).ShouldBe(3);
        return host;
    }

    private static async Task<JsonNode> AsItIsAsync(AuditHost host) =>
        (await host.SeeAsync("/export-destinations")).Body!["destinations"]![0]!;

    private static async Task<(int Status, string Code)> SkipAsync(AuditHost host, object command)
    {
        (int status, string code, _) = await host.DoAsync("ella", "/export-destinations/repository/skip", command);
        return (status, code);
    }
}
