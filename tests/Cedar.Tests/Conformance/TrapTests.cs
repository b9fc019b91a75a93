namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>
/// Each line of the file is an expression (or, in its second part, a policy) and what the official engine says of it. A line without an
/// arrow is continued by the next: one trap holds a comment and the line break that ends it.
/// </summary>
public sealed class TrapTests
{
    private const string Arrow = "=> ";

    private static readonly EntityStore Entities = EntityStore.Create([new Entity(new EntityUid("U", "a")), new Entity(new EntityUid("R", "x"))]);

    private static readonly Request Request = new(
        new EntityUid("U", "a"), new EntityUid("Action", "view"), new EntityUid("R", "x"),
        ValueJson.ParseRecord("""{"a":{"b":{"c":1}}}"""));

    [ConformanceFact]
    public void Every_trap_ends_as_in_the_official_engine()
    {
        var differences = new List<string>();
        int count = 0;
        foreach ((string subject, string expected) in Lines())
        {
            count++;
            string actual = Outcome(subject, expected);
            if (!Kind(expected).Equals(actual, StringComparison.Ordinal))
            {
                differences.Add($"{subject} {Arrow}{expected}; got {actual}");
            }
        }

        differences.ShouldBeEmpty();
        count.ShouldBe(133);
    }

    private static IEnumerable<(string Subject, string Expected)> Lines()
    {
        string pending = "";
        foreach (string line in File.ReadLines(ConformanceData.PathOf("traps-4.13.0.txt")))
        {
            string whole = pending + line;
            int arrow = whole.LastIndexOf(Arrow, StringComparison.Ordinal);
            if (arrow < 0)
            {
                pending = whole + "\n";
                continue;
            }

            pending = "";
            yield return (whole[..arrow].TrimEnd(), whole[(arrow + Arrow.Length)..]);
        }
    }

    private static string Kind(string expected) => expected switch
    {
        // A text policy set may hold templates here; they authorise nothing.
        "ERR static policy set includes a template" => "OK",
        _ when expected.StartsWith("PARSE", StringComparison.Ordinal) || expected.StartsWith("ERR", StringComparison.Ordinal) => "syntax error",
        _ when expected.StartsWith("EVAL ERR", StringComparison.Ordinal) => "evaluation error",
        _ => expected.Trim(),
    };

    private static string Outcome(string subject, string expected)
    {
        bool isPolicy = expected.StartsWith("OK", StringComparison.Ordinal) || expected.StartsWith("ERR", StringComparison.Ordinal);
        CompiledPolicySet compiled;
        try
        {
            compiled = PolicySet.Parse(isPolicy ? subject : $"permit(principal,action,resource) when {{ {subject} }};").Compile();
        }
        catch (PolicySyntaxException)
        {
            return "syntax error";
        }

        if (isPolicy)
        {
            return "OK";
        }

        Response response = compiled.Evaluate(Request, Entities);
        return response.Errors.Count > 0 ? "evaluation error" : response.Decision == Decision.Allow ? "allow" : "deny";
    }
}
