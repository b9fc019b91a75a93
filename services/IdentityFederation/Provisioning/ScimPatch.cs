using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>PATCH (RFC 7644, 3.5.2) as a function: a resource and operations give another resource.</summary>
internal static class ScimPatch
{
    private const int OperationsMax = 1_000;
    private const string Urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// <exception cref="ScimException">An operation cannot be carried out; the resource stays as it was.</exception>
    public static JsonObject Apply(JsonObject resource, JsonObject request, ScimResourceType type)
    {
        if (Member(request, "Operations") is not JsonArray { Count: > 0 and <= OperationsMax } operations)
        {
            throw new ScimException("invalidSyntax", $"A PATCH has 1 to {OperationsMax} Operations.");
        }

        ScimValues.RequireSchema(request, Urn);
        var patched = (JsonObject)resource.DeepClone();
        foreach (JsonNode? operation in operations)
        {
            Operate(patched, operation as JsonObject ?? throw new ScimException("invalidSyntax", "An operation is an object."), type);
        }

        foreach (string extension in type.Extensions.Select(schema => schema.Urn).Where(urn => patched[urn] is JsonObject { Count: 0 }))
        {
            patched.Remove(extension);
        }

        return patched;
    }

    private static void Operate(JsonObject resource, JsonObject operation, ScimResourceType type)
    {
        string verb = (Member(operation, "op") is { } op ? ScimText.Of(op) : "").ToLowerInvariant();
        if (verb is not ("add" or "replace" or "remove"))
        {
            throw new ScimException("invalidSyntax", "op is add, replace or remove.");
        }

        JsonNode? value = Member(operation, "value");
        string path = Member(operation, "path") is { } written ? ScimText.Of(written) : "";
        if (path.Length == 0)
        {
            ApplyAll(resource, verb, value, type);
        }
        else if (Parse(path, type) is { } found)
        {
            Refuse(found, path);
            Apply(resource, verb, found, value, type);
        }
        else if (!path.Equals("password", StringComparison.OrdinalIgnoreCase))
        {
            throw new ScimException("invalidPath", $"\"{path}\" is no attribute of a {type.Name}.");
        }
    }

    // Without a path the value names the attributes, by their names or, as Entra ID does, by whole paths.
    private static void ApplyAll(JsonObject resource, string verb, JsonNode? value, ScimResourceType type)
    {
        if (verb == "remove")
        {
            throw new ScimException("noTarget", "A remove says in path what to remove.");
        }

        if (value is not JsonObject attributes)
        {
            throw new ScimException("invalidValue", "Without a path, value is an object of attributes.");
        }

        foreach ((string name, JsonNode? inner) in attributes)
        {
            if (Parse(name, type) is { Attribute: null or { ReadOnly: false }, Part: null or { ReadOnly: false } } path)
            {
                Apply(resource, verb, path, inner, type);
            }
        }
    }

    private static void Apply(JsonObject resource, string verb, ScimPath path, JsonNode? value, ScimResourceType type)
    {
        if (path.Attribute is not { } attribute)
        {
            ApplyExtension(resource, verb, path.Extension!, value, type);
            return;
        }

        value = attribute.Many ? value : Alone(value, path.Part ?? attribute);

        // A value that is set to nothing is removed.
        if (verb != "remove" && value is null)
        {
            verb = verb == "replace" ? "remove" : throw new ScimException("invalidValue", "An add has a value.");
        }

        JsonObject holder = path.Extension is null ? resource : ScimValues.ObjectAt(resource, path.Extension);
        if (attribute.Many)
        {
            ScimPatchOfMany.Apply(holder, verb, attribute, path, value);
        }
        else if (path.Part is { } part)
        {
            JsonObject parts = ScimValues.ObjectAt(holder, attribute.Name);
            ScimValues.Assign(parts, part.Name, verb == "remove" ? null : ScimValues.Of(part, value));
            ScimValues.Assign(holder, attribute.Name, parts.Count == 0 ? null : parts.DeepClone());
        }
        else
        {
            JsonNode? wanted = verb == "remove" ? null : ScimValues.Of(attribute, value);
            ScimValues.Assign(
                holder, attribute.Name,
                wanted is JsonObject parts && holder[attribute.Name] is JsonObject before ? ScimPatchOfMany.Merged(before, parts) : wanted);
        }

        if (attribute.Required && holder[attribute.Name] is null)
        {
            throw new ScimException("mutability", $"{attribute.Name} is required: it can be replaced, not removed.");
        }
    }

    private static void ApplyExtension(JsonObject resource, string verb, string urn, JsonNode? value, ScimResourceType type)
    {
        if (verb == "remove" || value is null)
        {
            resource.Remove(urn);
            return;
        }

        foreach ((string name, JsonNode? inner) in value as JsonObject
            ?? throw new ScimException("invalidValue", "The value of an extension is an object."))
        {
            if (Parse($"{urn}:{name}", type) is { Attribute: { ReadOnly: false } } path)
            {
                Apply(resource, verb, path, inner, type);
            }
        }
    }

    // Entra ID sends the one value of an attribute as a list of one object that has it in value.
    private static JsonNode? Alone(JsonNode? value, ScimAttribute attribute)
    {
        JsonNode? one = value is JsonArray { Count: 1 } list ? list[0] : value;
        return one is JsonObject parts && attribute.Kind != ScimKind.Complex && value is JsonArray && parts["value"] is JsonValue plain
            ? plain : one;
    }

    private static ScimPath? Parse(string path, ScimResourceType type)
    {
        try
        {
            return ScimPath.Parse(path, type);
        }
        catch (ScimException malformed)
        {
            throw new ScimException("invalidPath", malformed.Message);
        }
    }

    private static void Refuse(ScimPath path, string written)
    {
        if (path is { Attribute.ReadOnly: true } or { Part.ReadOnly: true })
        {
            throw new ScimException("mutability", $"{written} is set by this service only.");
        }
    }

    private static JsonNode? Member(JsonObject holder, string name) =>
        holder.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
