using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>What in a value is no Cedar value, and why.</summary>
internal sealed record ValueFault(Place Place, string Message)
{
    public static readonly string TooDeep = $"This nests deeper than {ValueJson.DepthMax} levels.";

    /// <summary>The innermost part that cannot be read: readers of values say why and not where.</summary>
    public static ValueFault Of(Place place, JsonElement json, ValueJsonException refused)
    {
        if (refused.InnerException is JsonException)
        {
            return new ValueFault(place, TooDeep);
        }

        ValueFault fault = new(place, refused.Message);
        for (int depth = 0; depth < ValueJson.DepthMax; depth++)
        {
            (Place Place, JsonElement Json, ValueJsonException? Refused) part =
                InputDocument.Children(fault.Place, json).Select(child => (child.Place, child.Json, Fault(child.Json))).FirstOrDefault(child => child.Item3 is not null);
            if (part.Refused is null)
            {
                return fault;
            }

            (fault, json) = (new ValueFault(part.Place, part.Refused.Message), part.Json);
        }

        return fault;
    }

    public InputException Refuse(string kind) => Place.Refuse(Message, kind);

    private static ValueJsonException? Fault(JsonElement json)
    {
        try
        {
            ValueJson.Read(json);
            return null;
        }
        catch (ValueJsonException refused)
        {
            return refused;
        }
    }
}
