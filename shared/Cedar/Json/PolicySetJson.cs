using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// A policy set as JSON, in the format of the official engine: <c>staticPolicies</c> and <c>templates</c> by id, and
/// <c>templateLinks</c>. Reading what was written gives the same policies under the same ids; templates come behind policies.
/// </summary>
public static class PolicySetJson
{
    /// <summary>Reads a set and makes its links. What is missing of the three keys counts as empty.</summary>
    /// <exception cref="PolicyJsonException">It is not the JSON of a policy set, an id occurs twice, or a link cannot be made.</exception>
    public static PolicySet Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>Reads a set from UTF-8 and makes its links. What is missing of the three keys counts as empty.</summary>
    /// <exception cref="PolicyJsonException">It is not the JSON of a policy set, an id occurs twice, or a link cannot be made.</exception>
    public static PolicySet Parse(ReadOnlyMemory<byte> utf8) => PolicyJsonReader.Read(utf8, Read);

    /// <summary>Writes a set.</summary>
    /// <exception cref="PolicyJsonException">Some policy nests deeper than 20,516 levels of JSON: chains of thousands inside each other.</exception>
    public static string Write(PolicySet set) => PolicyJsonWriter.Write(writer => Write(writer, set));

    /// <summary>Writes a set.</summary>
    /// <exception cref="PolicyJsonException">Some policy nests deeper in JSON than <paramref name="writer"/> allows (1,000 levels by default).</exception>
    public static void Write(Utf8JsonWriter writer, PolicySet set)
    {
        writer.WriteStartObject();
        WritePolicies(writer, "staticPolicies", set.Policies.Where(policy => !policy.IsTemplate && policy.Link is null));
        WritePolicies(writer, "templates", set.Policies.Where(policy => policy.IsTemplate));
        writer.WriteStartArray("templateLinks");
        foreach (TemplateLink link in set.Policies.Select(policy => policy.Link).OfType<TemplateLink>())
        {
            WriteLink(writer, link);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePolicies(Utf8JsonWriter writer, string key, IEnumerable<Policy> policies)
    {
        writer.WriteStartObject(key);
        foreach (Policy policy in policies)
        {
            writer.WritePropertyName(policy.Id);
            PolicyJsonWriter.Write(writer, policy.Tree);
        }

        writer.WriteEndObject();
    }

    private static void WriteLink(Utf8JsonWriter writer, TemplateLink link)
    {
        writer.WriteStartObject();
        writer.WriteString("templateId", link.TemplateId);
        writer.WriteString("newId", link.NewId);
        writer.WriteStartObject("values");
        foreach ((string slot, EntityUid? value) in new[] { ("?principal", link.Principal), ("?resource", link.Resource) })
        {
            if (value is not null)
            {
                writer.WritePropertyName(slot);
                ValueJsonWriter.WriteUid(writer, value);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static PolicySet Read(JsonCursor root)
    {
        Dictionary<string, JsonCursor> fields = root.Fields("a policy set, an object", [], "staticPolicies", "templates", "templateLinks");
        var policies = new List<Policy>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        ReadPolicies(fields.GetValueOrDefault("staticPolicies"), policies, ids, areTemplates: false);
        ReadPolicies(fields.GetValueOrDefault("templates"), policies, ids, areTemplates: true);
        List<JsonCursor> places = fields.GetValueOrDefault("templateLinks")?.Items("a list of links") ?? [];
        TemplateLink[] links = [.. places.Select(ReadLink)];
        try
        {
            return PolicySet.Of(policies).Link(links);
        }
        catch (TemplateLinkException refused)
        {
            int index = Array.FindIndex(links, link => ReferenceEquals(link, refused.Errors[0].Link));
            throw places[index].Fail(refused.Errors[0].Message);
        }
    }

    private static void ReadPolicies(JsonCursor? at, List<Policy> policies, HashSet<string> ids, bool areTemplates)
    {
        foreach (JsonCursor member in at?.Members("an object of policies by their ids") ?? [])
        {
            Policy policy = PolicyJsonReader.Policy(member, member.Name);
            if (policy.IsTemplate != areTemplates)
            {
                throw member.Fail(areTemplates ? "A template has a slot in its scope." : "A static policy has no slots; this is a template.");
            }

            if (!ids.Add(policy.Id))
            {
                throw member.Fail($"A policy has the id `{policy.Id}` already.");
            }

            policies.Add(policy);
        }
    }

    private static TemplateLink ReadLink(JsonCursor at)
    {
        Dictionary<string, JsonCursor> fields = at.Fields("a link, an object", ["templateId", "newId", "values"]);
        Dictionary<string, JsonCursor> values = fields["values"].Fields("an object of entity uids by their slots", [], "?principal", "?resource");
        return new TemplateLink(
            fields["templateId"].Text(), fields["newId"].Text(),
            values.GetValueOrDefault("?principal")?.Uid(), values.GetValueOrDefault("?resource")?.Uid());
    }
}
