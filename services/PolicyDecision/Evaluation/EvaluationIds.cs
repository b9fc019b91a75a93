using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Ids of decisions: UUID version 7 (RFC 9562, section 5.7), as <see cref="Guid.CreateVersion7(DateTimeOffset)"/> makes them, with randomness that each thread
/// fetches for many ids at once: the system call for each costs as much as a policy.
/// </summary>
internal static class EvaluationIds
{
    private const int RandomBytes = 10;
    private const int IdsPerFetch = 64;

    [ThreadStatic]
    private static byte[]? random;

    [ThreadStatic]
    private static int used;

    /// <summary>An id never used before, which sorts by <paramref name="at"/> (milliseconds since 1970).</summary>
    public static Guid Next(DateTimeOffset at)
    {
        if (random is null || used == random.Length)
        {
            random ??= new byte[RandomBytes * IdsPerFetch];
            RandomNumberGenerator.Fill(random);
            used = 0;
        }

        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, at.ToUnixTimeMilliseconds() << 16);
        random.AsSpan(used, RandomBytes).CopyTo(id[6..]);
        used += RandomBytes;
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }
}
