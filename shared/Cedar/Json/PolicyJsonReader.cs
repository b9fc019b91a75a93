using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Policies from JSON: annotations, effect, scope and clauses.</summary>
internal static class PolicyJsonReader
{
    // Each level of an expression is two levels of JSON, and so is each link of a chain.
    public const int NestingMax = 2 * (ExpressionParser.ChainMax + ExpressionParser.DepthMax + 8);

    private static readonly SourceText NoText = new(null, "");

    public static T Read<T>(ReadOnlyMemory<byte> utf8, Func<JsonCursor, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = NestingMax });
            return read(JsonCursor.At(document.RootElement));
        }
        catch (JsonException malformed)
        {
            throw new PolicyJsonException("$", $"This is not valid JSON: {malformed.Message}", malformed);
        }
    }

    /// <summary>
    /// A policy with a text of its own: it is printed and parsed again, so that its text and every position in it mean the same as for
    /// a policy that somebody wrote.
    /// </summary>
    public static Policy Policy(JsonCursor at, string id)
    {
        var errors = new List<SyntaxError>();
        List<PolicyTree> parsed = PolicyParser.Parse(new SourceText(null, PolicyFormatter.Print(Tree(at), FormatOptions.Default)), errors);
        return errors.Count == 0 ? new Policy(id, parsed[0]) : throw at.Fail(errors[0].Problem);
    }

    private static PolicyTree Tree(JsonCursor at)
    {
        Dictionary<string, JsonCursor> fields = at.Fields(
            "a policy, an object", ["effect", "principal", "action", "resource", "conditions"], "annotations");
        Effect effect = fields["effect"].Text() switch
        {
            "permit" => Effect.Permit,
            "forbid" => Effect.Forbid,
            _ => throw fields["effect"].Fail("An effect is `permit` or `forbid`."),
        };
        return new PolicyTree(
            NoText, 0, 0, effect, Annotations(fields.GetValueOrDefault("annotations")),
            Scope(fields["principal"], "?principal"), Action(fields["action"]), Scope(fields["resource"], "?resource"),
            [.. fields["conditions"].Items("a list of clauses").Select(Condition)]);
    }

    private static Dictionary<string, string> Annotations(JsonCursor? at)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonCursor annotation in at?.Members("an object of annotations") ?? [])
        {
            if (!Names.IsWord(annotation.Name))
            {
                throw annotation.Fail($"`{annotation.Name}` is not an identifier, so it cannot name an annotation.");
            }

            annotations.Add(annotation.Name, annotation.Kind == JsonValueKind.Null ? "" : annotation.Text());
        }

        return annotations;
    }

    private static EntityScope Scope(JsonCursor at, string slot)
    {
        JsonCursor symbol = Operator(at);
        switch (symbol.Text())
        {
            case "All":
                at.Fields("a scope", ["op"]);
                return new EntityScope(0, ScopeOperator.Any, null, null, HasSlot: false);
            case "==":
                return Bound(at, ScopeOperator.Equal, null, slot, "op");
            case "in":
                return Bound(at, ScopeOperator.In, null, slot, "op");
            case "is":
                Dictionary<string, JsonCursor> fields = at.Fields("a scope", ["op", "entity_type"], "in");
                string type = fields["entity_type"].EntityType();
                return fields.TryGetValue("in", out JsonCursor? group)
                    ? Bound(group, ScopeOperator.IsIn, type, slot)
                    : new EntityScope(0, ScopeOperator.Is, type, null, HasSlot: false);
            default:
                throw symbol.Fail($"`{symbol.Text()}` is no operator of a scope; there are All, ==, in and is.");
        }
    }

    private static EntityScope Bound(JsonCursor at, ScopeOperator symbol, string? type, string slot, params ReadOnlySpan<string> required)
    {
        Dictionary<string, JsonCursor> fields = at.Fields("an object", required, "entity", "slot");
        return (fields.GetValueOrDefault("entity"), fields.GetValueOrDefault("slot")) switch
        {
            ({ } entity, null) => new EntityScope(0, symbol, type, entity.Uid(), HasSlot: false),
            (null, { } name) when name.Text() == slot => new EntityScope(0, symbol, type, null, HasSlot: true),
            (null, { } name) => throw name.Fail($"`{name.Text()}` is not the slot of this place, which is {slot}."),
            _ => throw at.Fail("Expected either `entity` or `slot`."),
        };
    }

    private static ActionScope Action(JsonCursor at)
    {
        JsonCursor symbol = Operator(at);
        switch (symbol.Text())
        {
            case "All":
                at.Fields("a scope", ["op"]);
                return new ActionScope(0, ScopeOperator.Any, [], IsList: false);
            case "==":
                return new ActionScope(0, ScopeOperator.Equal, [ActionUid(at.Fields("a scope", ["op", "entity"])["entity"])], IsList: false);
            case "in":
                Dictionary<string, JsonCursor> fields = at.Fields("a scope", ["op"], "entity", "entities");
                return (fields.GetValueOrDefault("entity"), fields.GetValueOrDefault("entities")) switch
                {
                    ({ } entity, null) => new ActionScope(0, ScopeOperator.In, [ActionUid(entity)], IsList: false),
                    (null, { } list) => new ActionScope(
                        0, ScopeOperator.In, [.. list.Items("a list of entity uids").Select(ActionUid)], IsList: true),
                    _ => throw at.Fail("Expected either `entity` or `entities`."),
                };
            default:
                throw symbol.Fail($"`{symbol.Text()}` is no operator for an action; there are All, == and in.");
        }
    }

    private static JsonCursor Operator(JsonCursor at) =>
        at.Members("a scope, an object").Find(member => member.Name == "op") ?? throw at.Fail("The key `op` is missing.");

    private static EntityUid ActionUid(JsonCursor at)
    {
        EntityUid uid = at.Uid();
        return Names.IsActionType(uid.Type)
            ? uid
            : throw at.Fail($"Expected an entity of type `Action`, in a namespace or not, but got `{uid}`.");
    }

    private static Condition Condition(JsonCursor at)
    {
        Dictionary<string, JsonCursor> fields = at.Fields("a clause, an object", ["kind", "body"]);
        bool isUnless = fields["kind"].Text() switch
        {
            "when" => false,
            "unless" => true,
            _ => throw fields["kind"].Fail("A clause is `when` or `unless`."),
        };
        return new Condition(0, isUnless, ExpressionJsonReader.Read(fields["body"]));
    }
}
