using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Remembers at most <paramref name="capacity"/> tokens by their SHA-256, never the tokens themselves; the oldest is forgotten first, so a flood of
/// different tokens does not grow memory. Reading takes no lock.
/// </summary>
internal sealed class TokenCache<TEntry>(int capacity)
    where TEntry : class
{
    private readonly ConcurrentDictionary<TokenHash, TEntry> entries = new();
    private readonly Queue<TokenHash> order = new();
    private readonly Lock gate = new();

    public int Count => entries.Count;

    public bool TryGet(in TokenHash hash, [NotNullWhen(true)] out TEntry? entry) => entries.TryGetValue(hash, out entry);

    public void Set(in TokenHash hash, TEntry entry)
    {
        lock (gate)
        {
            if (!entries.TryAdd(hash, entry))
            {
                entries[hash] = entry;
                return;
            }

            order.Enqueue(hash);
            if (order.Count > capacity)
            {
                entries.TryRemove(order.Dequeue(), out _);
            }
        }
    }

    public void RemoveWhere(Func<TEntry, bool> condition)
    {
        lock (gate)
        {
            foreach (KeyValuePair<TokenHash, TEntry> pair in entries.Where(pair => condition(pair.Value)))
            {
                // Its place in the order stays and is dequeued in its turn.
                entries.TryRemove(pair);
            }
        }
    }
}

/// <summary>The SHA-256 of a token.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    public const int TokenLengthMax = 8192;

    /// <summary>False for what cannot be a token: empty, longer than 8192 characters, or not ASCII.</summary>
    public static bool TryOf(ReadOnlySpan<char> token, out TokenHash hash)
    {
        hash = default;
        if (token.Length is 0 or > TokenLengthMax)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[token.Length];
        if (Ascii.FromUtf16(token, bytes, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        SHA256.HashData(bytes, MemoryMarshal.AsBytes(new Span<TokenHash>(ref hash)));
        return true;
    }

    // A SHA-256 is evenly spread already.
    public override int GetHashCode() => (int)A;
}
