using AccessGov.CommandEndpoints;

namespace AccessGov.PolicyDecision.Tests.Journal;

public sealed class DirectoryEntriesTests
{
    [Fact]
    public void A_directory_is_flushed_and_one_that_is_not_there_is_an_error_that_names_it()
    {
        string directory = Directory.CreateTempSubdirectory("entries").FullName;
        Should.NotThrow(() => DirectoryEntries.FlushToDisk(directory));

        Directory.Delete(directory);
        Should.Throw<IOException>(() => DirectoryEntries.FlushToDisk(directory)).Message.ShouldContain(directory);
    }
}
