using System.Globalization;
using System.Text.Json.Nodes;

namespace AccessGov.Console.Tests;

/// <summary>Events as an archive sends them to the audit trail.</summary>
internal static class RecordedDeeds
{
    /// <summary>A deed; what it says beside is added by <see cref="With"/>.</summary>
    public static JsonObject Deed(
        string session, string actor, DateTimeOffset at, string action = "view", string outcome = "success") => new()
    {
        ["event_id"] = Guid.NewGuid().ToString(), ["kind"] = "image", ["actor"] = actor,
        ["occurred_at"] = at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        ["action"] = action, ["outcome"] = outcome, ["session"] = session, ["address"] = "10.0.4.7", ["workstation"] = "ws-12",
    };

    public static JsonObject With(this JsonObject deed, params (string Name, string Value)[] members)
    {
        foreach ((string name, string value) in members)
        {
            deed[name] = value;
        }

        return deed;
    }
}
