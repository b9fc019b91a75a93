using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// Names that JSON repeats (types, attributes) as one string each: a hundred thousand entities share a handful, which saves memory and
/// makes comparing quick. Each thread remembers a fixed number of short names; a new one takes the place of an old one.
/// </summary>
internal static class NamePool
{
    private const int Places = 256;
    private const int LengthMax = 64;

    [ThreadStatic]
    private static string?[]? names;

    /// <summary>The name the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">It is not valid Unicode.</exception>
    public static string Get(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length is 0 or > LengthMax)
        {
            return reader.GetString()!;
        }

        ReadOnlySpan<byte> utf8 = reader.ValueSpan;
        ref string? place = ref (names ??= new string?[Places])[((utf8[0] * 31) + (utf8[^1] * 7) + (utf8[utf8.Length / 2] * 3) + utf8.Length) % Places];
        if (place is null || !reader.ValueTextEquals(place))
        {
            place = reader.GetString()!;
        }

        return place;
    }
}
