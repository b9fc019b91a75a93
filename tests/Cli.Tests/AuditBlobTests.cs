using System.Security.Cryptography;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

/// <summary>
/// The files of long sealed fields: each leaf names the SHA-256 of its own, and only a shredded key excuses one that is missing.
/// </summary>
public sealed class AuditBlobTests : IDisposable
{
    private static readonly NoteSigner Signer = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));
    private readonly Folder folder = new();
    private readonly SampleLeaf chain = new();
    private readonly List<byte[]> leaves = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_trail_with_all_its_files_is_verified()
    {
        Add("k1", "one");
        Add("k2", "two");
        Verify().ShouldEndWith(ExitCode.Good);
    }

    [Fact]
    public void A_flipped_bit_is_found_in_every_byte_of_a_file()
    {
        string blob = Add("k1", "a report");
        Verify().ShouldEndWith(ExitCode.Good);
        byte[] bytes = File.ReadAllBytes(blob);
        for (int place = 0; place < bytes.Length; place++)
        {
            bytes[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(blob, bytes);
            Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: blob_changed");
            bytes[place] ^= (byte)(1 << (place % 8));
        }
    }

    [Fact]
    public void Two_files_that_were_swapped_are_found()
    {
        (string first, string second) = (Add("k1", "one"), Add("k2", "two"));
        (byte[] one, byte[] two) = (File.ReadAllBytes(first), File.ReadAllBytes(second));
        File.WriteAllBytes(first, two);
        File.WriteAllBytes(second, one);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: blob_changed");
    }

    [Fact]
    public void A_file_that_was_removed_is_found_though_other_keys_were_shredded()
    {
        Add("k1", "one");
        File.Delete(Add("k2", "two"));
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 1: error: blob_missing: 1 files");
        string list = Shred("k1\n");
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldContain("give them with --shredded");
        Verify("--shredded", list).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 1: error: blob_missing");
    }

    [Fact]
    public void A_file_is_gone_with_its_key_when_the_trail_says_so_and_the_list_shows_it()
    {
        File.Delete(Add("k1", "one"));
        string other = Add("k2", "two");
        string list = Shred("k1\n");
        CommandRun run = Verify("--shredded", list).ShouldEndWith(ExitCode.Good);
        run.Output.ShouldContain("1 files of sealed fields are gone with their keys");
        Verify("--shredded", list, "--json").Json.GetProperty("blobs_gone").GetInt64().ShouldBe(1);
        File.Delete(other);
        Verify("--shredded", list).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 1: error: blob_missing");
    }

    [Fact]
    public void Nobody_excuses_a_missing_file_with_a_list_of_their_own()
    {
        File.Delete(Add("k1", "one"));
        Shred("k2\n");
        Verify("--shredded", folder.Write("own", "k1\n")).ShouldEndWith(ExitCode.Found).Output.ShouldContain("shredding_unknown");
    }

    [Theory]
    [InlineData("[{\"blob\":\"../../etc/passwd\",\"kid\":\"k1\",\"nonce\":\"\"}]")]
    [InlineData("[{\"blob\":\"abc\",\"kid\":\"k1\",\"nonce\":\"\"}]")]
    [InlineData("[{\"blob\":7,\"kid\":\"k1\",\"nonce\":\"\"}]")]
    [InlineData("{\"blob\":1}")]
    [InlineData("{\"a\":[{\"blob\":\"abc\"}]}")]
    public void What_names_no_file_is_found(string fields)
    {
        leaves.Add(chain.NextOf("decision", ("sealed", fields)));
        Write();
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: blob_malformed");
    }

    [Theory]
    [InlineData("blob", "leaf 0: error: blob_malformed")]
    [InlineData("tile/0/000.p/1", "leaf 0: error: tile_malformed")]
    [InlineData("tile/entries/000.p/1", "leaf 0: error: bundle_malformed")]
    [InlineData("minimum-index", "error: trail_unreadable")]
    public async Task A_pipe_in_the_place_of_a_file_is_malformed_and_not_waited_for(string file, string found)
    {
        string blob = Add("k1", "one"), path = file == "blob" ? blob : folder[file];
        File.Delete(path);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [path]))
        {
            await made.WaitForExitAsync();
        }

        CommandRun run = await Task.Run(() => Verify()).WaitAsync(Eventually.Bound);
        run.ShouldEndWith(ExitCode.Found).Output.ShouldStartWith(found);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_the_checkpoint_is_no_checkpoint()
    {
        Add("k1", "one");
        File.Delete(folder["checkpoint"]);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [folder["checkpoint"]]))
        {
            await made.WaitForExitAsync();
        }

        CommandRun run = await Task.Run(() => Verify()).WaitAsync(Eventually.Bound);
        run.ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("no regular file");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("sparse")]
    [InlineData("directory")]
    public async Task What_never_ends_is_no_file_or_is_longer_than_any_field_is_not_read(string target)
    {
        string blob = Add("k1", "one");
        File.Delete(blob);
        if (target == "sparse")
        {
            using FileStream sparse = File.Create(blob);
            sparse.SetLength(1L << 40);
        }
        else if (target == "directory")
        {
            Directory.CreateDirectory(blob);
        }
        else
        {
            File.CreateSymbolicLink(blob, target);
        }

        CommandRun run = await Task.Run(() => Verify()).WaitAsync(Eventually.Bound);
        run.ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: blob_malformed");
    }

    [Fact]
    public void An_error_output_that_takes_nothing_is_no_fault_of_the_trail()
    {
        Add("k1", "one");
        using var output = new StringWriter();
        using var error = new FullWriter();
        using var input = new MemoryStream();
        using var terminal = new Terminal(output, error, input, hasColours: false, isErrorWatched: false);
        CommandLine.Run(["audit", "verify", folder.Path, "--key", Signer.Key.ToString(), "--progress"], terminal).ShouldBe(ExitCode.Good);
        error.Tried.ShouldBe(1);
        output.ToString().ShouldNotContain("error");
    }

    [Fact]
    public void A_shredding_that_does_not_say_which_keys_is_found()
    {
        leaves.Add(chain.NextOf("key.shredded", ("shredded", "{\"keys\":3}")));
        Write();
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: shredding_malformed");
    }

    /// <summary>Adds a leaf with a field in a file of its own; answers the file.</summary>
    private string Add(string key, string content)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(content);
        string name = Convert.ToHexStringLower(SHA256.HashData(bytes));
        leaves.Add(chain.NextOf("decision", ("sealed", $"[{{\"blob\":\"{name}\",\"kid\":\"{key}\",\"nonce\":\"AAAA\"}}]")));
        Write();
        return folder.Write($"blob/{name[..2]}/{name}", bytes);
    }

    /// <summary>Adds the leaf of a shredding; answers the list of its keys.</summary>
    private string Shred(string keys)
    {
        string list = folder.Write("keys", keys);
        string digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(list)));
        leaves.Add(chain.NextOf("key.shredded", ("shredded", $"{{\"digest\":\"{digest}\",\"keys\":1}}")));
        Write();
        return list;
    }

    private void Write()
    {
        TrailFiles.Write(folder["files"], leaves, Signer);
        foreach (string file in Directory.GetFiles(folder["files"], "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(folder["files"], file), File.ReadAllBytes(file));
        }
    }

    private CommandRun Verify(params string[] more) =>
        CommandRun.Of(["audit", "verify", folder.Path, "--key", Signer.Key.ToString(), .. more]);

    /// <summary>Writes to a disk that is full.</summary>
    private sealed class FullWriter : StringWriter
    {
        public int Tried { get; private set; }

        public override void Write(string? value)
        {
            Tried++;
            throw new IOException("No space left on device");
        }
    }
}
