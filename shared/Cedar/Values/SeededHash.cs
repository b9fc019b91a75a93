using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AccessGov.Cedar;

/// <summary>
/// Hash codes of numbers, and of what is made of hash codes, by a key that every process draws anew. <c>long.GetHashCode</c> folds a
/// number onto itself, so that anybody can name a million numbers of one hash code, and <see cref="HashCode"/> is too linear to hide that;
/// here a number is multiplied by a secret first and then mixed, and without the secret nobody knows which numbers meet.
/// </summary>
internal static class SeededHash
{
    // Odd, so that no two numbers become one.
    private static readonly ulong Factor = Secret() | 1;
    private static readonly ulong Summand = Secret();

    /// <summary>The hash code of a number; those of different <paramref name="kind"/>s have nothing to do with each other.</summary>
    public static int Of(int kind, long number) => (int)(Mix((((ulong)number + (uint)kind) * Factor) + (Summand * (uint)kind)) >> 32);

    /// <summary>What a pair of hash codes adds to the sum over a set or a record, where order must not count.</summary>
    public static ulong Term(int first, int second) => Mix(((((ulong)(uint)first << 32) | (uint)second) * Factor) + Summand);

    /// <summary>The hash code of so many terms with this sum.</summary>
    public static int OfSum(ulong sum, int count) => (int)(Mix(((sum + (uint)count) * Factor) + Summand) >> 32);

    private static ulong Secret() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // The finisher of SplitMix64: every bit of the result depends on every bit of the number.
    private static ulong Mix(ulong number)
    {
        number = (number ^ (number >> 30)) * 0xBF58_476D_1CE4_E5B9;
        number = (number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB;
        return number ^ (number >> 31);
    }
}
