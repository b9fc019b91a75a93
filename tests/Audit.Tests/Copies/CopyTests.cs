using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Copies;

public sealed class CopyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-copy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Trait("Requirement", "S63")]
    public async Task A_copy_on_another_disk_is_the_trail()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: DirectorySettings());
        for (int size = 200; size <= 1_000; size += 200)
        {
            await AddAsync(host, 200);
            await Eventually.HoldsAsync(() => CopiedSize() == size, $"{size} leaves are copied");
            PublishedTrail.FirstFault(folder).ShouldBeNull();
        }

        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 100_000) });
        AuditRecord large = Records.View() with { PatientDetails = report };
        await host.Intake.AcceptAsync("pacs", [large], CancellationToken.None);
        await Eventually.HoldsAsync(() => CopiedSize() == 1_001, "all is copied");
        PublishedTrail.FirstFault(folder).ShouldBeNull();
        string[] blobs = Files("blob", host.TrailDirectory);
        blobs.ShouldNotBeEmpty();
        Files("blob", folder).ShouldBe(blobs);
        Directory.Exists(Path.Combine(folder, "tile/entries/000.p")).ShouldBeFalse();
        JsonNode health = await HealthAsync(host);
        ((long?)health["data"]!["nas"]!["lag"]).ShouldBe(0);
        ((string?)health["status"]).ShouldBe("healthy");

        // After a restart it goes on where it was.
        await using AuditHost again = await host.AgainAsync();
        await AddAsync(again, 100);
        await Eventually.HoldsAsync(() => CopiedSize() == 1_101, "it goes on");
        PublishedTrail.FirstFault(folder).ShouldBeNull();
    }

    [Fact]
    public async Task A_copy_that_is_away_holds_up_nobody_and_catches_up()
    {
        string elsewhere = Path.Combine(folder, "elsewhere");
        Dictionary<string, string?> settings = DirectorySettings();
        settings["Audit:Copies:away:Directory"] = elsewhere;
        settings["Audit:Copies:away:Interval"] = "00:00:00.100";
        await using AuditHost host = await AuditHost.StartAsync(settings: settings);
        await AddAsync(host, 300);
        await Eventually.HoldsAsync(() => CopiedSize() == 300, "the other one is copied to");
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "away") == "unavailable", "health says so");
        Directory.Exists(elsewhere).ShouldBeFalse();

        Directory.CreateDirectory(elsewhere);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "away") is null, "it is back");
        PublishedTrail.FirstFault(elsewhere).ShouldBeNull();
        PublishedTrail.CheckpointOf(elsewhere).Size.ShouldBe(300);

        // Another disk, or none, in its place is not filled with the rest.
        Directory.Delete(elsewhere, recursive: true);
        Directory.CreateDirectory(elsewhere);
        await AddAsync(host, 300);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "away") == "copy_missing", "it is missed");
        Directory.GetFileSystemEntries(elsewhere).ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_bytes_in_a_copy_stay_and_are_told_in_health_and_in_the_trail()
    {
        Directory.CreateDirectory(Path.Combine(folder, "tile/0"));
        string file = Path.Combine(folder, "tile/0/000");
        await File.WriteAllTextAsync(file, "something else");
        await using AuditHost host = await AuditHost.StartAsync(settings: DirectorySettings());
        await AddAsync(host, 300);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "nas") == "copy_differs", "health says so");
        (await File.ReadAllTextAsync(file)).ShouldBe("something else");
        CopiedSize().ShouldBeLessThan(300);
        JsonNode alert = (await PublishedTrail.HasAsync(host, 301))[300];
        ((string?)alert["action"]).ShouldBe("security_alert");
        ((string?)alert["reason"]).ShouldBe("copy_differs");
        ((string?)alert["object"]!["resource"]).ShouldBe("TrailCopy::nas/tile/0/000");

        File.Delete(file);
        await Eventually.HoldsAsync(() => CopiedSize() == 301, "it is copied when somebody has looked, and the alert was told once");
        PublishedTrail.FirstFault(folder).ShouldBeNull();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("pipe")]
    public async Task A_file_of_a_field_that_is_not_the_one_of_its_leaf_is_not_copied(string how)
    {
        string elsewhere = Path.Combine(folder, "elsewhere");
        Dictionary<string, string?> settings = DirectorySettings();
        settings["Audit:Copies:nas:Directory"] = elsewhere;
        await using AuditHost host = await AuditHost.StartAsync(settings: settings);
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 100_000) });
        await host.AddAsync(Records.View() with { PatientDetails = report });
        string blob = Directory.GetFiles(Path.Combine(host.TrailDirectory, "blob"), "*", SearchOption.AllDirectories).Single();
        byte[] content = await File.ReadAllBytesAsync(blob);
        await ReplaceAsync(blob, how, content);
        Directory.CreateDirectory(elsewhere);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "nas") == "trail_unreadable", "health says so");
        File.Exists(Path.Combine(elsewhere, "checkpoint")).ShouldBeFalse();

        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, content);
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(elsewhere, "checkpoint")), "it goes on when the file is right");
        Files("blob", elsewhere).ShouldBe(Files("blob", host.TrailDirectory));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("cut")]
    [InlineData("gone")]
    public async Task Leaves_that_are_not_those_of_the_tree_are_not_copied(string how)
    {
        string elsewhere = Path.Combine(folder, "elsewhere");
        Dictionary<string, string?> settings = DirectorySettings();
        settings["Audit:Copies:nas:Directory"] = elsewhere;
        await using AuditHost host = await AuditHost.StartAsync(settings: settings);
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        string bundle = Path.Combine(host.TrailDirectory, "tile/entries/000");
        byte[] content = await File.ReadAllBytesAsync(bundle);
        byte[] other = [.. content];
        other[^1] ^= 1;
        File.Delete(bundle);
        if (how != "gone")
        {
            await File.WriteAllBytesAsync(bundle, how == "changed" ? other : content[..(2 + (content[0] << 8) + content[1])]);
        }

        Directory.CreateDirectory(elsewhere);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "nas") == "trail_unreadable", "health says so");
        File.Exists(Path.Combine(elsewhere, "tile/entries/000")).ShouldBeFalse();

        await File.WriteAllBytesAsync(bundle, content);
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(elsewhere, "checkpoint")), "it goes on when the file is right");
        PublishedTrail.FirstFault(elsewhere).ShouldBeNull();
    }

    [Fact]
    public async Task A_pipe_in_a_copy_holds_nobody_up()
    {
        Directory.CreateDirectory(Path.Combine(folder, "tile/0"));
        await ReplaceAsync(Path.Combine(folder, "tile/0/000"), "pipe", []);
        await using AuditHost host = await AuditHost.StartAsync(settings: DirectorySettings());
        await AddAsync(host, 300);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "nas") == "copy_differs", "health says so");
    }

    [Fact]
    [Trait("Requirement", "S53, S63")]
    public async Task A_bucket_gets_everything_locked_and_signed()
    {
        await using S3Server bucket = await S3Server.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "access"), S3Server.AccessKey);
        await File.WriteAllTextAsync(Path.Combine(folder, "secret"), S3Server.SecretKey);
        await using AuditHost host = await AuditHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:Copies:offsite:S3:Bucket"] = S3Server.Bucket, ["Audit:Copies:offsite:S3:Region"] = S3Server.Region,
            ["Audit:Copies:offsite:S3:ServiceUrl"] = bucket.Address.AbsoluteUri, ["Audit:Copies:offsite:S3:Prefix"] = "hospital/",
            ["Audit:Copies:offsite:S3:AccessKeyFile"] = Path.Combine(folder, "access"),
            ["Audit:Copies:offsite:S3:SecretKeyFile"] = Path.Combine(folder, "secret"),
            ["Audit:Copies:offsite:S3:Retain"] = "2192.00:00:00", ["Audit:Copies:offsite:Interval"] = "00:00:00.100",
        });
        foreach (int size in new[] { 300, 600 })
        {
            await AddAsync(host, 300);
            await Eventually.HoldsAsync(
                async () => (long?)(await HealthAsync(host))["data"]!["offsite"]!["size"] == size,
                    $"{size} are copied: {string.Join(' ', bucket.Faults)}");
        }

        bucket.Faults.ShouldBeEmpty();
        bucket.Objects.Values.ShouldAllBe(kept => kept.Until > DateTimeOffset.UtcNow.AddDays(2191));
        foreach ((string key, (byte[] content, _)) in bucket.Objects)
        {
            string path = Path.Combine(folder, "fetched", key["hospital/".Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content);
        }

        PublishedTrail.FirstFault(Path.Combine(folder, "fetched")).ShouldBeNull();
        PublishedTrail.CheckpointOf(Path.Combine(folder, "fetched")).Size.ShouldBe(600);

        // Somebody put another object in the place of one that is to come.
        bucket.Objects["hospital/tile/0/002"] = ([1, 2, 3], DateTimeOffset.MaxValue);
        await AddAsync(host, 200);
        await Eventually.HoldsAsync(async () => Failure(await HealthAsync(host), "offsite") == "copy_differs", "health says so");
        bucket.Objects["hospital/tile/0/002"].Content.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void The_server_of_these_tests_signs_as_Amazon_does() =>
        // The example of the AWS General Reference, "Signature Version 4 signing process": iam, ListUsers.
        S3Server.Sign(
            S3Server.SecretKey, "20150830", "us-east-1", "iam", "20150830T123600Z",
            "GET\n/\nAction=ListUsers&Version=2010-05-08\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\n"
            + "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n"
            + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
            .ShouldBe("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");

    /// <summary>Something else in the place of a file: its bytes and one more, or a pipe.</summary>
    private static async Task ReplaceAsync(string file, string how, byte[] content)
    {
        File.Delete(file);
        if (how == "pipe")
        {
            using var made = System.Diagnostics.Process.Start("mkfifo", [file]);
            await made.WaitForExitAsync();
        }
        else
        {
            await File.WriteAllBytesAsync(file, [.. content, 1]);
        }
    }

    private Dictionary<string, string?> DirectorySettings() => new(StringComparer.Ordinal)
    {
        ["Audit:Copies:nas:Directory"] = folder, ["Audit:Copies:nas:Interval"] = "00:00:00.100",
    };

    private long CopiedSize() => File.Exists(Path.Combine(folder, "checkpoint")) ? PublishedTrail.CheckpointOf(folder).Size : 0;

    private static string[] Files(string part, string directory) =>
        [.. Directory.GetFiles(Path.Combine(directory, part), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(directory, file)).Order()];

    private static string? Failure(JsonNode health, string name) => (string?)health["data"]![name]!["failure"];

    private static async Task<JsonNode> HealthAsync(AuditHost host) =>
        JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!["checks"]!["copies"]!;

    private static Task AddAsync(AuditHost host, int count) =>
        host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, count).Select(_ => Records.View())], CancellationToken.None);
}
