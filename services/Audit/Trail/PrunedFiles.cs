using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Trail;

/// <summary>The tiles and bundles that a pruned trail does not need: those that end at the first leaf that stays, or before it.</summary>
internal static class PrunedFiles
{
    private const int LevelMax = 6;

    /// <summary>Removes them, and answers how many are there still because they cannot be removed now.</summary>
    /// <param name="directory">The trail's directory.</param>
    /// <param name="from">What ends before is gone already.</param>
    /// <param name="minimum">The first leaf that stays.</param>
    /// <param name="cancellation">Ends the work, which the next call goes on with.</param>
    public static long Remove(string directory, long from, long minimum, CancellationToken cancellation)
    {
        long left = 0;
        for (int level = Tile.EntriesLevel; level <= LevelMax; level++)
        {
            for (long index = FullTiles(level, from); index < FullTiles(level, minimum); index++)
            {
                cancellation.ThrowIfCancellationRequested();
                left += TryRemove(Path.Combine(directory, new Tile(level, index, Tile.WidthMax).Path)) ? 0 : 1;
            }
        }

        return left;
    }

    private static long FullTiles(int level, long size) => (level <= 0 ? size : size >> (8 * level)) / Tile.WidthMax;

    private static bool TryRemove(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
