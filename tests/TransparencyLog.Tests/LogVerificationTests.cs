using System.Globalization;
using System.Text;

namespace AccessGov.TransparencyLog.Tests;

public sealed class LogVerificationTests
{
    private const int Entries = (130 * Tile.WidthMax) + 3;

    [Fact]
    public void On_one_processor_one_bundle_is_looked_at_at_a_time_and_whoever_asked_is_told_between()
    {
        byte[][] entries = [.. Enumerable.Range(0, Entries).Select(i => Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)))];
        MemoryTiles tiles = MemoryTiles.Of(entries);
        var edge = new TreeEdge();
        Array.ForEach(entries, entry => edge.Append(TreeHash.OfLeaf(entry), (_, _) => { }));
        (int now, int most) = (0, 0);
        List<long> told = [];
        var checks = new EntryChecks<bool>(
            (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                Thread.Yield();
                Interlocked.Decrement(ref now);
                return true;
            },
            _ => null)
        { ProcessorsMax = 1 };

        LogVerification.FirstFault(tiles, new Checkpoint("log.test", Entries, edge.Root()), checks, told.Add).ShouldBeNull();

        most.ShouldBe(1);
        told.ShouldBe([64 * Tile.WidthMax, 128 * Tile.WidthMax, Entries]);
    }
}
