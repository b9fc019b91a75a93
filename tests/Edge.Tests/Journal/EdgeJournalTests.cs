using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Edge.Tests.Journal;

public sealed class EdgeJournalTests
{
    private const string Ct = $"/dicom-web/studies/{ArchiveStandIn.Study}";

    [Fact]
    public async Task Each_line_has_the_hash_of_the_one_before_and_nobody_else_reads_the_files()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        await edge.BeginAsync();
        await edge.BeginAsync("4712");
        await edge.StopAsync();

        string previous = EdgeJournalEntry.Genesis;
        string[] lines = await File.ReadAllLinesAsync(FileOf(edge));
        foreach ((int index, string line) in lines.Index())
        {
            EdgeJournalEntry.Read(Encoding.UTF8.GetBytes(line), index + 1, previous).ShouldNotBeNull();
            previous = EdgeJournalEntry.HashOf(Encoding.UTF8.GetBytes(line));
        }

        lines.Length.ShouldBe(3);
        foreach (string file in Directory.GetFiles(edge.Folder))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task A_line_that_was_never_finished_is_cut_off_and_kept_aside()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        await edge.StopAsync();
        long length = new FileInfo(FileOf(edge)).Length;
        await File.AppendAllTextAsync(FileOf(edge), "{\"sequence\":3,\"previous\":\"0123");

        await edge.RunAsync();

        (await edge.ReasonAsync(access, Ct)).Status.ShouldBe(HttpStatusCode.OK);
        File.Exists(Path.Combine(edge.Folder, $"torn-{length}")).ShouldBeTrue();
        await edge.AgainAsync();
        (await edge.ReasonAsync(access, Ct)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_last_line_whose_end_is_gone_or_damaged_stays(bool gone)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        await edge.StopAsync();
        byte[] content = await File.ReadAllBytesAsync(FileOf(edge));
        content[^1] = (byte)'x';
        await File.WriteAllBytesAsync(FileOf(edge), gone ? content[..^1] : content);

        await edge.RunAsync();

        (await edge.ReasonAsync(access, Ct)).Status.ShouldBe(HttpStatusCode.OK);
        await edge.AgainAsync();
        (await edge.ReasonAsync(access, Ct)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    public async Task A_changed_byte_is_seen_and_from_then_on_nothing_is_given_and_the_file_stays(double where)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        await edge.BeginAsync("4712");
        await edge.StopAsync();
        byte[] content = await File.ReadAllBytesAsync(FileOf(edge));
        content[(int)(content.Length * where)] ^= 1;
        await File.WriteAllBytesAsync(FileOf(edge), content);

        await edge.RunAsync();

        string capability = edge.Capability();
        (await edge.AskAsync(capability, edge.Use(capability))).Code.ShouldBe("journal_broken");
        (await edge.ReasonAsync(access, Ct)).ShouldBe((HttpStatusCode.ServiceUnavailable, "journal_broken"));
        using HttpResponseMessage health = await edge.Client.GetAsync("health/ready");
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync()).ShouldContain("journal_broken");
        (await File.ReadAllBytesAsync(FileOf(edge))).ShouldBe(content);
    }

    [Fact]
    public async Task A_journal_that_was_put_back_is_seen()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        await edge.BeginAsync();
        byte[] earlier = await File.ReadAllBytesAsync(FileOf(edge));
        await edge.BeginAsync("4712");
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 3, "all is merged");
        await edge.StopAsync();
        await File.WriteAllBytesAsync(FileOf(edge), earlier);

        await edge.RunAsync();

        await Eventually.HoldsAsync(() => edge.Services.GetRequiredService<EdgeJournal>().Broken is not null, "it is seen");
    }

    [MountFact]
    public async Task On_a_full_disk_nothing_is_given_and_afterwards_all_is_as_before()
    {
        using var disk = new SmallDisk(4);
        await using EdgeHost edge = await EdgeHost.StartAsync(("Directory", Path.Combine(disk.Path, "journal")));
        string access = await edge.BeginAsync();
        string ballast = Path.Combine(disk.Path, "ballast");
        await FillAsync(ballast);
        var refused = new List<Answered>();
        for (int patient = 0; patient < 8; patient++)
        {
            string capability = edge.Capability();
            refused.Add(await edge.AskAsync(capability, edge.Use(capability, use => use with { Patient = $"F{patient}" })));
        }

        refused.Last().Code.ShouldBe("journal_unavailable");
        for (int line = 0; line < 30; line++)
        {
            // What is left of the last page takes short lines still.
            (await edge.AskAsync("nonsense", "nonsense")).Code.ShouldBe("capability_forged");
        }

        (await edge.ReasonAsync(access, Ct)).ShouldBe((HttpStatusCode.ServiceUnavailable, "journal_unavailable"));
        File.Delete(ballast);
        (await edge.ReasonAsync(access, Ct)).Status.ShouldBe(HttpStatusCode.OK);
        await edge.BeginAsync("4713");
        int begun = 2 + refused.Count(answer => answer.Status == HttpStatusCode.Created);
        await Eventually.HoldsAsync(
            () => edge.BreakGlass.Lines.Count(line => line.Kind == "used") == begun, "what was given is merged, and no more");
        await edge.AgainAsync();
        edge.Services.GetRequiredService<EdgeJournal>().Broken.ShouldBeNull();
    }

    [Fact]
    public async Task Killed_at_any_moment_it_has_what_was_acknowledged_once()
    {
        await using EdgeHost edge = await EdgeHost.PrepareAsync();
        var acknowledged = new List<string>();
        for (int round = 0; round < 3; round++)
        {
            int port = FreePort.Next();
            ChildProcess program = edge.StartProgram(port);
            await ReadyAsync(edge, program);
            var begun = new ConcurrentQueue<string>();
            Task[] clinicians = [.. Enumerable.Range(0, 4).Select(_ => BeginUntilItEndsAsync(edge, begun))];
            await Eventually.HoldsAsync(() => begun.Count > 1, "somebody has begun");

            // At any moment, also of a commit.
            await Task.Delay(Random.Shared.Next(0, 300));
            await program.DisposeAsync();
            await Task.WhenAll(clinicians);
            acknowledged.AddRange(begun);
        }

        acknowledged.Count.ShouldBeGreaterThan(3);
        await edge.RunAsync();
        edge.Services.GetRequiredService<EdgeJournal>().Broken.ShouldBeNull();
        await Eventually.HoldsAsync(
            () => edge.BreakGlass.Lines.Count == edge.Services.GetRequiredService<EdgeJournal>().State.Sequence, "all is merged");
        string[] cases = [.. edge.BreakGlass.Lines.Where(line => line.Kind == "used").Select(line => line.Case!)];
        cases.ShouldBeUnique();
        acknowledged.Except(cases, StringComparer.Ordinal).ShouldBeEmpty();
    }

    private static string FileOf(EdgeHost edge) => Directory.GetFiles(edge.Folder, "journal-*.jsonl").Single();

    private static async Task FillAsync(string path)
    {
        try
        {
            await using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
            {
                await ballast.WriteAsync(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    private static Task ReadyAsync(EdgeHost edge, ChildProcess program) => Eventually.HoldsAsync(async () =>
    {
        program.HasExited.ShouldBeFalse(program.Output);
        try
        {
            string health = await edge.Client.GetStringAsync("health/ready");
            return health.Contains("\"capability_keys\":1", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, "the program is ready");

    private static async Task BeginUntilItEndsAsync(EdgeHost edge, ConcurrentQueue<string> begun)
    {
        try
        {
            while (true)
            {
                string capability = edge.Capability();
                string use = edge.Use(capability, asked => asked with { Patient = $"{Guid.NewGuid():n}" });
                Answered answer = await edge.AskAsync(capability, use);
                answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
                begun.Enqueue(answer.Body["id"]!.GetValue<string>());
            }
        }
        catch (HttpRequestException)
        {
            // It was killed.
        }
    }
}
