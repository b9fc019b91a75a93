using System.Diagnostics;

namespace AccessGov.TransparencyLog.Tests;

/// <summary>What is read where somebody else may have put anything.</summary>
public sealed class RegularFileTests : IDisposable
{
    private const int BytesMax = 8;
    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-files-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BytesMax)]
    public void A_file_is_read_to_its_end(int length)
    {
        byte[] content = [.. Enumerable.Range(1, length).Select(number => (byte)number)];
        RegularFile.ReadAll(Write("file", content), BytesMax).ShouldBe(content);
        File.CreateSymbolicLink(PathOf("link"), PathOf("file"));
        RegularFile.ReadAll(PathOf("link"), BytesMax).ShouldBe(content);
    }

    [Fact]
    public void What_is_longer_than_it_may_be_is_refused() =>
        Should.Throw<FormatException>(() => RegularFile.ReadAll(Write("file", new byte[BytesMax + 1]), BytesMax))
            .Message.ShouldContain("larger than 8 bytes");

    [Fact]
    public void What_was_added_after_it_was_opened_is_not_counted()
    {
        string file = Write("file", [1, 2]);
        using var opened = RegularFile.Open(file, BytesMax, out long length);
        File.AppendAllText(file, "more");
        length.ShouldBe(2);
    }

    [Theory]
    [InlineData("directory")]
    [InlineData("pipe")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public async Task What_is_no_regular_file_is_refused_at_once(string what)
    {
        string path = what.StartsWith('/') ? what : PathOf(what);
        if (what == "directory")
        {
            Directory.CreateDirectory(path);
        }
        else if (what == "pipe")
        {
            using var made = Process.Start("mkfifo", [path]);
            await made.WaitForExitAsync();
        }

        Exception refused = await Should.ThrowAsync<FormatException>(
            Task.Run(() => RegularFile.ReadAll(path, BytesMax)).WaitAsync(TimeSpan.FromSeconds(30)));
        refused.Message.ShouldContain("no regular file");
    }

    [Fact]
    public void What_is_not_there_is_said_to_be_missing()
    {
        Should.Throw<FileNotFoundException>(() => RegularFile.ReadAll(PathOf("nothing"), BytesMax));
        Should.Throw<DirectoryNotFoundException>(() => RegularFile.ReadAll(PathOf("no/thing"), BytesMax));
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }
}
