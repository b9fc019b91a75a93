using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Destinations;
using AccessGov.Testing;
using Microsoft.AspNetCore.Http;

namespace AccessGov.Audit.Tests.Export;

public sealed class FhirDestinationTests : IAsyncLifetime
{
    private readonly FhirServer server = new();
    private Exporting exporting = null!;
    private IssuingAuthority authority = null!;

    public async Task InitializeAsync()
    {
        exporting = await Exporting.StartAsync();
        authority = new IssuingAuthority(exporting.Folder);
        await server.StartAsync(authority);
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        authority.Dispose();
        await exporting.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "S62")]
    public async Task Events_arrive_in_their_order_in_batches_with_the_token()
    {
        Fill(25);
        DestinationOptions destination = Destination();
        (destination.BatchMax, destination.TokenFile) = (10, Path.Combine(exporting.Folder, "token"));
        await File.WriteAllTextAsync(destination.TokenFile, "t0ken\n");
        exporting.Serve("repository", destination);
        await exporting.UntilAsync("repository", 25);

        Sequences().ShouldBe(Enumerable.Range(0, 25).Select(number => (long)number));
        server.Requests.ShouldAllBe(request => request.Path == "/fhir/" && request.Authorization == "Bearer t0ken"
            && request.ContentType == "application/fhir+json");
    }

    [Fact]
    public async Task Each_is_created_on_its_own_where_a_server_knows_no_batches()
    {
        Fill(3);
        DestinationOptions destination = Destination();
        destination.BatchMax = 1;
        exporting.Serve("repository", destination);
        await exporting.UntilAsync("repository", 3);

        (Sequences().Count, server.Requests.ToArray().All(request => request.Path == "/fhir/AuditEvent")).ShouldBe((3, true));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1)]
    public async Task What_a_server_refuses_holds_up_what_comes_after_it_and_is_not_skipped(int batch)
    {
        Fill(20);
        server.Refuses = taken => FhirServer.SequenceOf(taken) == 13 ? StatusCodes.Status422UnprocessableEntity : null;
        DestinationOptions destination = Destination();
        destination.BatchMax = batch;
        DestinationState state = exporting.Serve("repository", destination);
        await exporting.UntilAsync("repository", 13);
        await Eventually.HoldsAsync(() => state.Report.Status == "failing", "it says so");
        state.Report.LastError!.ShouldContain("422");

        server.Refuses = _ => null;
        await exporting.UntilAsync("repository", 20);
        Sequences().Distinct().Order().ShouldBe(Enumerable.Range(0, 20).Select(number => (long)number));
    }

    [Fact]
    public async Task A_server_that_is_down_loses_nothing()
    {
        Fill(2);
        server.Down = StatusCodes.Status503ServiceUnavailable;
        DestinationState state = exporting.Serve("repository", Destination());
        await Eventually.HoldsAsync(() => state.Report.LastError is not null, "it fails");
        (await exporting.PositionAsync("repository"), state.Report.LastError).ShouldBe((0L, "The server answered 503."));

        Fill(3);
        server.Down = null;
        await exporting.UntilAsync("repository", 5);
        Sequences().ShouldBe([0L, 1L, 2L, 3L, 4L]);
        state.Report.Status.ShouldBe("connected");
    }

    [Fact]
    public async Task One_of_two_processes_serves_a_destination()
    {
        Fill(5);
        DestinationState one = exporting.Serve("repository", Destination()), two = exporting.Serve("repository", Destination());
        await exporting.UntilAsync("repository", 5);
        await Eventually.HoldsAsync(() => one.Report.Status == "elsewhere" || two.Report.Status == "elsewhere", "the other one waits");

        Sequences().ShouldBe([0L, 1L, 2L, 3L, 4L]);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        Fill(3);
        exporting.Serve("repository", Destination());
        await exporting.UntilAsync("repository", 3);
        await exporting.StopAsync();
        await using Exporting again = exporting.After();
        exporting.Leaves.Add(Leaves.Leaf(3));
        again.Serve("repository", Destination());
        await again.UntilAsync("repository", 4);

        Sequences().ShouldBe([0L, 1L, 2L, 3L]);
    }

    [Fact]
    public async Task A_new_destination_may_begin_with_what_comes_next()
    {
        Fill(3);
        DestinationOptions destination = Destination();
        destination.BeginAtHead = true;
        exporting.Serve("repository", destination);
        await exporting.UntilAsync("repository", 3);
        Fill(1);
        await exporting.UntilAsync("repository", 4);

        Sequences().ShouldBe([3L]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_a_destination_that_may_know_them_is_told_identities(bool may)
    {
        Fill(1);
        exporting.Open = _ => ValueTask.FromResult<OpenedDetails?>(new OpenedDetails("4711", "Änne Müller", null));
        DestinationOptions destination = Destination();
        destination.Identities = may;
        exporting.Serve("repository", destination);
        await exporting.UntilAsync("repository", 1);

        string taken = server.Taken.Single().ToJsonString();
        (taken.Contains("4711", StringComparison.Ordinal), taken.Contains("pt-4f1d", StringComparison.Ordinal)).ShouldBe((may, !may));
    }

    [Fact]
    public async Task A_leaf_that_is_none_stops_the_export_and_is_not_passed_over()
    {
        Fill(1);
        exporting.Leaves.Add(Leaves.Leaf(7));
        DestinationOptions destination = Destination();
        destination.BatchMax = 1;
        DestinationState state = exporting.Serve("repository", destination);
        await exporting.UntilAsync("repository", 1);

        await Eventually.HoldsAsync(() => state.Report.LastError?.Contains("leaf 1", StringComparison.Ordinal) is true, "it says which");
        Sequences().ShouldBe([0L]);
    }

    private IReadOnlyList<long> Sequences() => [.. server.Taken.Select(FhirServer.SequenceOf)];

    private void Fill(int count)
    {
        for (int more = 0; more < count; more++)
        {
            exporting.Leaves.Add(Leaves.Leaf(exporting.Leaves.Count));
        }
    }

    private DestinationOptions Destination()
    {
        (string certificate, string key) = authority.Issue("accessgov-audit");
        return new DestinationOptions
        {
            Kind = DestinationKind.Fhir, Address = server.Address, CaFile = authority.File, CertificateFile = certificate, KeyFile = key,
        };
    }
}
