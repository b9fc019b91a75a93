using System.Diagnostics;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>deploy/seal-trail: what never changes again becomes immutable, and the service goes on beside it.</summary>
public sealed class SealTests
{
    private static readonly string[] WithoutTheCapability = ["setpriv", "--bounding-set", "-linux_immutable", "--no-new-privs", "--"];

    private static readonly string[] AsSomebodyElse =
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set", "-linux_immutable", "--no-new-privs", "--"];

    [ImmutableFact]
    [Trait("Requirement", "S53")]
    public async Task Nobody_without_the_capability_changes_what_is_sealed_and_the_trail_goes_on()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await AddAsync(host, 600);
        await PublishedTrail.HasAsync(host, 600);
        using var released = new Released(host.TrailDirectory);
        (await SealAsync(host.TrailDirectory)).ShouldBe(0);
        foreach (string file in new[] { "tile/entries/000", "tile/entries/001", "tile/0/000", "tile/0/001" })
        {
            string path = Path.Combine(host.TrailDirectory, file);
            byte[] before = await File.ReadAllBytesAsync(path);
            foreach (string[] someone in new[] { WithoutTheCapability, AsSomebodyElse })
            {
                (await RunAsync([.. someone, "sh", "-c", "printf x >> \"$0\"", path])).ShouldNotBe(0);
                (await RunAsync([.. someone, "sh", "-c", "printf x > \"$0\"", path])).ShouldNotBe(0);
                (await RunAsync([.. someone, "truncate", "-s", "1", path])).ShouldNotBe(0);
                (await RunAsync([.. someone, "mv", path, path + ".away"])).ShouldNotBe(0);
                (await RunAsync([.. someone, "rm", "-f", path])).ShouldNotBe(0);
                (await RunAsync([.. someone, "ln", path, path + ".too"])).ShouldNotBe(0);
                (await RunAsync([.. someone, "chattr", "-i", path])).ShouldNotBe(0);
            }

            (await File.ReadAllBytesAsync(path)).ShouldBe(before);
        }

        await AddAsync(host, 600);
        await PublishedTrail.HasAsync(host, 1_200);
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();

        // The next time it begins where it stopped.
        (await SealAsync(host.TrailDirectory)).ShouldBe(0);
        (await RunAsync([.. WithoutTheCapability, "rm", "-f", Path.Combine(host.TrailDirectory, "tile/entries/003")])).ShouldNotBe(0);
        (await RunAsync([.. WithoutTheCapability, "chattr", "-i", Path.Combine(host.TrailDirectory, "tile/0/003")])).ShouldNotBe(0);
    }

    [ImmutableFact]
    public async Task What_a_crash_left_uncommitted_is_not_sealed_and_is_written_again()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await AddAsync(host, 300);
        await PublishedTrail.HasAsync(host, 300);
        using var released = new Released(host.TrailDirectory);
        await using AuditHost again = await host.AgainAsync(() =>
        {
            // Full tiles that nobody has signed, as a crash before the commit leaves them.
            File.WriteAllBytes(Path.Combine(host.TrailDirectory, "tile/entries/001"), new byte[500]);
            File.WriteAllBytes(Path.Combine(host.TrailDirectory, "tile/0/001"), new byte[256 * 32]);
            SealAsync(host.TrailDirectory).GetAwaiter().GetResult().ShouldBe(0);
        });
        await AddAsync(again, 300);
        await PublishedTrail.HasAsync(again, 600);
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
    }

    [ImmutableFact]
    public async Task A_blob_is_sealed_when_nobody_writes_to_it_any_more_and_links_are_left_alone()
    {
        using var folder = new Released(Directory.CreateTempSubdirectory("accessgov-seal-").FullName);
        string old = folder.Write("blob/aa/aa01");
        string young = folder.Write("blob/bb/bb01");
        string outside = folder.Write("outside");
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(old).AddHours(-1));
        Directory.CreateDirectory(Path.Combine(folder.Root, "tile/0"));
        File.CreateSymbolicLink(Path.Combine(folder.Root, "tile/0/000"), outside);
        await File.WriteAllTextAsync(Path.Combine(folder.Root, "checkpoint"), "o\n256\nroot\n");
        (await SealAsync(folder.Root)).ShouldBe(0);
        (await RunAsync([.. WithoutTheCapability, "rm", old])).ShouldNotBe(0);
        (await RunAsync([.. WithoutTheCapability, "rm", young])).ShouldBe(0);
        (await RunAsync([.. WithoutTheCapability, "rm", outside])).ShouldBe(0);
    }

    [ImmutableFact]
    public async Task While_it_watches_new_tiles_are_sealed_on_their_own()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        using var released = new Released(host.TrailDirectory);
        await AddAsync(host, 10);
        await PublishedTrail.HasAsync(host, 10);
        await using var sealer = new ChildProcess(Program, [host.TrailDirectory, "--watch"]);
        await AddAsync(host, 600);
        string first = Path.Combine(host.TrailDirectory, "tile/entries/001");
        await Eventually.HoldsAsync(async () =>
            File.Exists(first) && await RunAsync(["sh", "-c", "lsattr -d \"$0\" | cut -c5 | grep -q i", first]) == 0, "it is sealed");
        (await RunAsync([.. WithoutTheCapability, "rm", "-f", first])).ShouldNotBe(0);
    }

    [Fact]
    public async Task Who_may_not_set_the_flag_is_told_so()
    {
        using var folder = new Released(Directory.CreateTempSubdirectory("accessgov-seal-").FullName);
        File.SetUnixFileMode(folder.Root, (UnixFileMode)0x1FF);
        await using var sealer = new ChildProcess(
            "sh", ["-c", $"[ \"$(id -u)\" = 0 ] && exec {string.Join(' ', WithoutTheCapability)} \"$0\" \"$1\" || exec \"$0\" \"$1\"",
                Program, folder.Root]);
        int status = await sealer.ExitCodeAsync(Eventually.Bound);
        status.ShouldBeOneOf(3, 4);
        sealer.Output.ShouldContain("Nothing is sealed");
    }

    [MountFact]
    public async Task A_file_system_without_the_flag_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-seal-").FullName;
        (await RunAsync(["mount", "-t", "ramfs", "none", folder])).ShouldBe(0);
        try
        {
            await using var sealer = new ChildProcess(Program, [folder]);
            (await sealer.ExitCodeAsync(Eventually.Bound)).ShouldBe(3);
            sealer.Output.ShouldContain("cannot make files immutable");
        }
        finally
        {
            await RunAsync(["umount", folder]);
            Directory.Delete(folder);
        }
    }

    private static string Program => WorkingCopy.PathOf("deploy", "seal-trail");

    private static Task<int> SealAsync(string directory) => RunAsync([Program, directory]);

    private static async Task<int> RunAsync(IReadOnlyList<string> command)
    {
        await using var process = new ChildProcess(command[0], command.Skip(1));
        return await process.ExitCodeAsync(Eventually.Bound);
    }

    private static Task AddAsync(AuditHost host, int count) =>
        host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, count).Select(_ => Records.View())], CancellationToken.None);

    /// <summary>Takes the flags away at the end, so that the folder can be removed; removes it where the test made it.</summary>
    private sealed class Released(string root) : IDisposable
    {
        public string Root => root;

        public string Write(string file)
        {
            string path = Path.Combine(root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "content");
            return path;
        }

        public void Dispose()
        {
            using Process release = Process.Start(Program, [root, "--release"]);
            release.WaitForExit();
            if (Path.GetFileName(root).StartsWith("accessgov-seal-", StringComparison.Ordinal))
            {
                Directory.Delete(root, recursive: true);
            }
        }
    }
}

/// <summary>
/// Only root on a file system with the flag makes files immutable; elsewhere the test is skipped, unless ACCESSGOV_DISKS is
/// <c>required</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ImmutableFactAttribute : FactAttribute
{
    public ImmutableFactAttribute()
    {
        string probe = Path.GetTempFileName();
        bool allowed = Status("+i", probe) == 0;
        Status("-i", probe);
        File.Delete(probe);
        Skip = MountFactAttribute.ReasonToSkip(
            allowed, Environment.GetEnvironmentVariable(MountFactAttribute.ModeVariable),
            $"Needs the right to make files immutable in {Path.GetTempPath()} (root).")!;
    }

    private static int Status(string flag, string file)
    {
        var start = new ProcessStartInfo("chattr", [flag, file]) { RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
