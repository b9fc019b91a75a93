using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests;

internal static class Json
{
    public static string Write(Value value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            ValueJson.Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static Value RoundTrip(Value value) => ValueJson.Parse(Write(value));
}
