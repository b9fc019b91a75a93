namespace AccessGov.Cedar.Tests.Language;

/// <summary>
/// The data that tables of expressions are evaluated over: some staff, groups that exist and groups that do not, a context with a value of
/// every type. It is JSON, so that the official engine gets the same.
/// </summary>
internal static class Ward
{
    public const string Data =
        """
        [
          { "uid": { "type": "User", "id": "alice" },
            "attrs": {
              "age": 41, "name": "Alice", "boss": { "__entity": { "type": "User", "id": "bob" } },
              "ghost": { "__entity": { "type": "User", "id": "nobody" } },
              "address": { "town": { "zip": "8000" } }, "friends": [{ "__entity": { "type": "User", "id": "bob" } }], "two words": true },
            "parents": [{ "type": "Group", "id": "staff" }, { "type": "Group", "id": "night" }],
            "tags": { "shift": "night", "level": 3, "age": 99, "two words": [1] } },
          { "uid": { "type": "User", "id": "bob" }, "attrs": { "age": 60, "boss": { "__entity": { "type": "User", "id": "bob" } } }, "parents": [{ "type": "Group", "id": "board" }] },
          { "uid": { "type": "Group", "id": "staff" }, "attrs": {}, "parents": [{ "type": "Group", "id": "everybody" }] },
          { "uid": { "type": "Group", "id": "night" }, "attrs": {}, "parents": [{ "type": "Group", "id": "unlisted" }] },
          { "uid": { "type": "Group", "id": "board" }, "attrs": {}, "parents": [{ "type": "Group", "id": "staff" }] },
          { "uid": { "type": "Photo", "id": "sea" },
            "attrs": { "groups": [{ "__entity": { "type": "Group", "id": "everybody" } }], "mixed": [{ "__entity": { "type": "User", "id": "alice" } }, 1] },
            "parents": [{ "type": "Album", "id": "holiday" }] },
          { "uid": { "type": "Action", "id": "view" }, "attrs": {}, "parents": [{ "type": "Action", "id": "read" }] }
        ]
        """;

    public const string ContextJson =
        """
        { "n": 5, "zero": 0, "s": "text", "yes": true, "no": false, "set": [1, 2, 3], "empty": [], "mixed": [1, "1", true],
          "rec": { "a": { "b": { "c": 1 } } }, "": "nameless", "two words": 2,
          "who": { "__entity": { "type": "User", "id": "alice" } }, "ghost": { "__entity": { "type": "User", "id": "nobody" } },
          "ip": { "__extn": { "fn": "ip", "arg": "10.0.0.1" } }, "dec": { "__extn": { "fn": "decimal", "arg": "1.5" } },
          "day": { "__extn": { "fn": "datetime", "arg": "2024-02-29" } }, "span": { "__extn": { "fn": "duration", "arg": "1h" } } }
        """;

    public static readonly EntityStore Entities = EntitiesJson.Parse(Data);

    public static readonly RecordValue Context = ValueJson.ParseRecord(ContextJson);

    /// <summary>True, false, or kind and message of the error of the expression in a <c>when</c>.</summary>
    public static string End(string expression, RecordValue? context = null)
    {
        Response response = Cedar.Evaluate($"permit(principal, action, resource) when {{ {expression} }};", Entities, context ?? Context);
        return response.Errors is [var error] ? $"{error.Error.Kind}: {error.Error.Message}" : response.Decision == Decision.Allow ? "true" : "false";
    }

    /// <summary>What a row expects: the whole end, or the kind of the error alone.</summary>
    public static void ShouldEnd(string expression, string expected)
    {
        string end = End(expression);
        (expected.Contains(':', StringComparison.Ordinal) ? end : end.Split(':')[0]).ShouldBe(expected, expression);
    }

    /// <summary>A table of one case a line: an expression, an arrow, how it ends.</summary>
    public static TheoryData<string, string> Table(string lines)
    {
        var rows = new TheoryData<string, string>();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = line.Split(" => ");
            rows.Add(sides[0].Trim(), sides[1].Trim());
        }

        return rows;
    }
    /// <summary>All rows of several tables.</summary>
    public static TheoryData<string, string> Join(params ReadOnlySpan<TheoryData<string, string>> tables)
    {
        var rows = new TheoryData<string, string>();
        foreach (TheoryData<string, string> table in tables)
        {
            foreach (object[] row in table)
            {
                rows.Add((string)row[0], (string)row[1]);
            }
        }

        return rows;
    }

    /// <summary>The expressions of a table without what is said of them.</summary>
    public static TheoryData<string> Expressions(TheoryData<string, string> table)
    {
        var expressions = new TheoryData<string>();
        foreach (object[] row in table)
        {
            expressions.Add((string)row[0]);
        }

        return expressions;
    }
}
