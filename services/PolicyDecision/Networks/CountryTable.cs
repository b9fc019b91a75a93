using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AccessGov.PolicyDecision.Networks;

/// <summary>
/// In which country an address is, by the longest network that holds it. Of CSV with the columns <c>network,country</c>: CIDR notation and an ISO 3166-1
/// alpha-2 code, further columns ignored, <c>#</c> before a comment, the first line may be those names. Immutable.
/// </summary>
internal sealed class CountryTable
{
    /// <summary>More lines than the internet has networks are a mistake.</summary>
    public const int LinesMax = 4_000_000;

    private const int IPv4MappedPrefix = 96;
    private const int AddressBits = 128;
    private readonly Entry[] entries;

    private CountryTable(Entry[] entries) => this.entries = entries;

    public static CountryTable Empty { get; } = new([]);

    public int Count => entries.Length;

    public static bool IsCode(string text) => text is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'];

    /// <exception cref="FormatException">A line is something else; the message names it.</exception>
    public static CountryTable Read(TextReader csv)
    {
        var read = new List<Entry>();
        for (int number = 1; csv.ReadLine() is { } line; number++)
        {
            if (number > LinesMax)
            {
                throw new FormatException($"There are more than {LinesMax} lines.");
            }

            string text = line.AsSpan().Trim().TrimStart('\uFEFF').ToString();
            if (text.Length > 0 && text[0] != '#' && !(number == 1 && text.StartsWith("network,country", StringComparison.OrdinalIgnoreCase)))
            {
                read.Add(Line(text) ?? throw new FormatException($"Line {number} is not a network in CIDR notation, a comma and a country such as AT."));
            }
        }

        return Of(read);
    }

    /// <summary>The country's code; null when no network holds the address.</summary>
    public string? Find(IPAddress address)
    {
        UInt128 wanted = Number(address);
        int low = 0;
        int high = entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            (low, high) = entries[middle].First <= wanted ? (middle + 1, high) : (low, middle - 1);
        }

        // The last network that begins before the address holds it, or one that it lies in does, or none.
        int found = high;
        while (found >= 0 && entries[found].Last < wanted)
        {
            found = entries[found].Outer;
        }

        return found < 0 ? null : entries[found].Country;
    }

    private static CountryTable Of(List<Entry> read)
    {
        // An outer network stands before those that lie in it.
        Entry[] ordered = [.. read.OrderBy(entry => entry.First).ThenByDescending(entry => entry.Last)];
        var around = new Stack<int>();
        for (int i = 0; i < ordered.Length; i++)
        {
            while (around.TryPeek(out int outer) && ordered[outer].Last < ordered[i].First)
            {
                around.Pop();
            }

            if (around.TryPeek(out int same) && ordered[same].First == ordered[i].First && ordered[same].Last == ordered[i].Last
                && ordered[same].Country != ordered[i].Country)
            {
                throw new FormatException($"One network is in {ordered[same].Country} and in {ordered[i].Country}.");
            }

            ordered[i] = ordered[i] with { Outer = around.TryPeek(out int parent) ? parent : -1 };
            around.Push(i);
        }

        return new CountryTable(ordered);
    }

    private static Entry? Line(string text)
    {
        string[] columns = text.Split(',', 3);
        if (columns.Length < 2 || !Cidr.TryParse(Column(columns[0]), out IPNetwork network) || Column(columns[1]) is not { } country || !IsCode(country))
        {
            return null;
        }

        int prefix = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? network.PrefixLength + IPv4MappedPrefix : network.PrefixLength;
        UInt128 first = Number(network.BaseAddress);
        // There are few countries: each is one string.
        return new Entry(first, prefix == AddressBits ? first : first | (UInt128.MaxValue >> prefix), string.Intern(country), -1);
    }

    private static string Column(string text) => text.Trim().Trim('"');

    private static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        (address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address).TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private readonly record struct Entry(UInt128 First, UInt128 Last, string Country, int Outer);
}
