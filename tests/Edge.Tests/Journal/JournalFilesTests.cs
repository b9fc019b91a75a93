using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;

namespace AccessGov.Edge.Tests.Journal;

public sealed class JournalFilesTests
{
    [Fact]
    public void Only_one_process_writes_a_journal()
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-edge-").FullName;
        using (new JournalFiles(folder))
        {
            Should.Throw<IOException>(() => new JournalFiles(folder).Dispose());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Files_whose_lines_are_merged_go_after_their_time_and_the_rest_still_follows()
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-edge-").FullName;
        EdgeState state = EdgeState.Empty;
        using (var files = new JournalFiles(folder))
        {
            // Two large lines fill a file.
            foreach (int size in new[] { 5, 5, 5, 0 })
            {
                EdgeJournalEntry entry = new(
                    state.Sequence + 1, state.Hash, DateTimeOffset.UnixEpoch, "started", Reason: new string('x', size << 20));
                files.Append([entry.ToLine()], entry.Sequence);
                state = state.After(entry, EdgeJournalEntry.HashOf(entry.ToLine()));
            }

            Directory.GetFiles(folder, "journal-*").Length.ShouldBe(2);
            files.Drop(1, DateTime.MaxValue);
            files.First().ShouldBe(1);
            files.Drop(2, DateTime.MinValue);
            files.First().ShouldBe(1);
            files.Drop(2, DateTime.MaxValue);
            files.First().ShouldBe(3);
            files.Lines(4, 4, 10, 100).Count.ShouldBe(1);
        }

        using (var files = new JournalFiles(folder))
        {
            files.Read().Intact.Hash.ShouldBe(state.Hash);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Somebody_s_copy_of_a_file_is_not_looked_at()
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-edge-").FullName;
        foreach (string name in new[] { "journal-backup.jsonl", "journal-1.jsonl", "journal-.jsonl", "journal-000000000000.jsonl" })
        {
            File.WriteAllText(Path.Combine(folder, name), "anything");
        }

        using (var files = new JournalFiles(folder))
        {
            files.Read().ShouldBe((EdgeState.Empty, null));
            files.First().ShouldBeNull();
            files.Drop(10, DateTime.MaxValue);
        }

        File.Exists(Path.Combine(folder, "journal-backup.jsonl")).ShouldBeTrue();
        Directory.Delete(folder, recursive: true);
    }
}
