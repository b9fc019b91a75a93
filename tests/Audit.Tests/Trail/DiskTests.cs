using AccessGov.Audit.Trail;
using AccessGov.CommandEndpoints;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Trail;

public sealed class DiskTests
{
    [Theory]
    [InlineData(true, null, false)]
    [InlineData(false, null, true)]
    [InlineData(false, "optional", true)]
    [InlineData(false, "required", false)]
    public void Where_disks_are_required_no_test_with_one_is_skipped(bool allowed, string? mode, bool skipped) =>
        (MountFactAttribute.ReasonToSkip(allowed, mode, "root") is not null).ShouldBe(skipped);

    [MountFact]
    public async Task A_full_disk_stops_the_trail_and_nothing_that_was_taken_in_is_lost()
    {
        using var disk = new SmallDisk(4);
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:TrailDirectory"] = disk.Path });
        int accepted = 0;
        var state = host.Services.GetRequiredService<TrailState>();
        while (state.Failure is null)
        {
            await AddAsync(host, 200);
            (accepted += 200).ShouldBeLessThan(100_000);
        }

        state.Failure.ShouldContain("space");
        await AddAsync(host, 200);
        PublishedTrail.FirstFault(disk.Path).ShouldBeNull();
        long before = PublishedTrail.CheckpointOf(disk.Path).Size;
        before.ShouldBeLessThan(accepted);

        disk.Remount("size=64m");
        await Eventually.HoldsAsync(() => PublishedTrail.CheckpointOf(disk.Path).Size == accepted + 200, "everything is in the trail");
        PublishedTrail.FirstFault(disk.Path).ShouldBeNull();
    }

    [MountFact]
    public async Task A_disk_that_cannot_be_written_stops_the_trail_until_it_can()
    {
        using var disk = new SmallDisk(16);
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:TrailDirectory"] = disk.Path });
        await AddAsync(host, 10);
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<TrailState>().Newest.Size == 10, "the first are in the trail");
        // The leader's lock is a file that it writes; a disk becomes read-only under it when it fails.
        await using AuditHost again = await host.AgainAsync(() => disk.Remount("ro"));
        await AddAsync(again, 10);
        await Eventually.HoldsAsync(() => again.Services.GetRequiredService<TrailState>().Failure is not null, "the failure is known");
        again.Services.GetRequiredService<TrailState>().Damaged.ShouldBeFalse();

        disk.Remount("rw");
        await Eventually.HoldsAsync(() => PublishedTrail.CheckpointOf(disk.Path).Size == 20, "everything is in the trail");
        PublishedTrail.FirstFault(disk.Path).ShouldBeNull();
    }

    [MountFact]
    public async Task A_disk_that_is_full_at_the_first_events_after_a_restart_leaves_the_trail_readable()
    {
        using var disk = new SmallDisk(4);
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:TrailDirectory"] = disk.Path });
        await AddAsync(host, 300);
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<TrailState>().Newest.Size == 300, "the first are in the trail");
        string rest = Path.Combine(disk.Path, "rest");
        await using AuditHost again = await host.AgainAsync(() => Fill(rest));
        await AddAsync(again, 1);
        await Eventually.HoldsAsync(() => again.Services.GetRequiredService<TrailState>().Failure is not null, "the failure is known");
        PublishedTrail.FirstFault(disk.Path).ShouldBeNull();
        again.Services.GetRequiredService<TrailState>().Damaged.ShouldBeFalse();

        File.Delete(rest);
        await Eventually.HoldsAsync(() => PublishedTrail.CheckpointOf(disk.Path).Size == 301, "everything is in the trail");
        PublishedTrail.FirstFault(disk.Path).ShouldBeNull();
    }

    [MountFact]
    public void What_is_written_anew_on_a_full_disk_stays_as_it_was()
    {
        using var disk = new SmallDisk(1);
        string file = Path.Combine(disk.Path, "file");
        byte[] before = [.. Enumerable.Repeat((byte)7, 4096)], after = new byte[100_000];
        DurableFiles.Write([(file, before)]);
        Fill(Path.Combine(disk.Path, "rest"));

        Should.Throw<Exception>(() => DurableFiles.Write([(file, after)]));

        File.ReadAllBytes(file).ShouldBe(before);
        File.Delete(Path.Combine(disk.Path, "rest"));
        DurableFiles.Write([(file, after)]);
        File.ReadAllBytes(file).ShouldBe(after);
        Directory.GetFiles(disk.Path).ShouldBe([file]);
    }

    /// <summary>Takes all that is left of a disk.</summary>
    private static void Fill(string file)
    {
        using FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                stream.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static Task AddAsync(AuditHost host, int count) =>
        host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, count).Select(_ => Records.View())], CancellationToken.None);
}
