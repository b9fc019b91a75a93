using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Differential;

namespace AccessGov.Cedar.Tests.Language;

/// <summary>The tables of expressions in the official engine: a row that it ends otherwise is a wrong row.</summary>
public sealed class OfficialTableTests
{
    private static readonly TheoryData<string, string>[] Tables =
    [
        ExpressionTableTests.Hierarchy, ExpressionTableTests.Access, ExpressionTableTests.Circuits, ValueTableTests.Equal, ValueTableTests.Sets, ValueTableTests.Patterns,
        ArithmeticTests.Edges, Extensions.CallTableTests.Addresses, Extensions.CallTableTests.Decimals, Extensions.CallTableTests.Datetimes,
        Extensions.CallTableTests.Durations, Extensions.CallTableTests.Arguments,
    ];

    [OfficialEngineFact]
    public async Task The_official_engine_ends_every_row_of_the_tables_as_they_say()
    {
        (string Expression, string Expected)[] rows = [.. Tables.SelectMany(table => table).Select(row => ((string)row[0], (string)row[1]))];
        IReadOnlyList<string> theirs = await AskAsync(rows.Select(row => row.Expression));

        rows.Zip(theirs, (row, end) => (row.Expression, Expected: row.Expected.Split(':')[0], Actual: Kind(end), end))
            .Where(row => row.Expected != row.Actual)
            .Select(row => $"{row.Expression} => {row.Expected}, but {row.end}")
            .ShouldBeEmpty();
        rows.Length.ShouldBeGreaterThan(500);
    }

    /// <summary>What the official engine says of each expression over the data of the <see cref="Ward"/>: true, false, or the message of an error.</summary>
    internal static async Task<IReadOnlyList<string>> AskAsync(IEnumerable<string> expressions)
    {
        var input = new JsonObject
        {
            ["entities"] = JsonNode.Parse(Ward.Data), ["context"] = JsonNode.Parse(Ward.ContextJson),
            ["expressions"] = new JsonArray([.. expressions.Select(expression => JsonValue.Create(expression))]),
        };
        using var engine = new OfficialEngine("Language/official-engine.js");
        JsonNode output = await engine.AskAsync(input.ToJsonString());
        return [.. output["ends"]!.AsArray().Select(end => end!.GetValue<string>())];
    }

    // The engine's messages are its own; each kind of error has words that no other has.
    private static string Kind(string end) => end switch
    {
        "true" or "false" => end,
        _ when end.StartsWith("type error", StringComparison.Ordinal) => nameof(EvaluationErrorKind.TypeError),
        _ when end.StartsWith("integer overflow", StringComparison.Ordinal) => nameof(EvaluationErrorKind.IntegerOverflow),
        _ when end.StartsWith("wrong number of arguments", StringComparison.Ordinal) => nameof(EvaluationErrorKind.WrongNumberOfArguments),
        _ when end.StartsWith("error while evaluating", StringComparison.Ordinal) => nameof(EvaluationErrorKind.ExtensionFunctionFailed),
        _ when end.StartsWith("record does not have", StringComparison.Ordinal) => nameof(EvaluationErrorKind.RecordAttributeDoesNotExist),
        _ when end.EndsWith("does not exist", StringComparison.Ordinal) => nameof(EvaluationErrorKind.EntityDoesNotExist),
        _ when end.Contains("does not have the", StringComparison.Ordinal) => nameof(EvaluationErrorKind.EntityAttributeDoesNotExist),
        _ => end,
    };
}
