using System.Text.Json;

namespace AccessGov.Audit.Ingest;

/// <summary>JSON can hold halves of characters (<c>"\ud800"</c>), which no text in the trail has.</summary>
internal static class JsonTexts
{
    /// <summary>Whether all names and texts in it can be read.</summary>
    public static bool AreWhole(JsonElement value)
    {
        try
        {
            return Read(value);
        }
        catch (InvalidOperationException)
        {
            // The reader has no other way to say it.
            return false;
        }
    }

    private static bool Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && Read(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(Read),
        JsonValueKind.String => value.GetString() is not null,
        _ => true,
    };
}
