namespace AccessGov.DemoHospital.World;

/// <summary>Numbers that look thrown and are the same in every run: the hospital is the same hospital everywhere.</summary>
internal static class Dice
{
    /// <summary>A number from 0 to <paramref name="sides"/> - 1, always the same for the same index and purpose.</summary>
    public static int Roll(int sides, int index, int purpose)
    {
        // The finalizer of splitmix64.
        ulong mixed = unchecked(((ulong)(uint)index << 32 | (uint)purpose) + 0x9E3779B97F4A7C15UL);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return (int)((mixed ^ (mixed >> 31)) % (ulong)sides);
    }
}
