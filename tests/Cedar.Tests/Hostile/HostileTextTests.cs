namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>
/// Policy texts that want stack, time or memory, a megabyte each, through every door: they are read, or refused with an error of ours. What
/// is read is also compiled, evaluated, explained, validated, formatted, printed and written as JSON.
/// </summary>
public sealed class HostileTextTests
{
    private const int Size = 1_000_000;

    private static readonly Validator Validator = new(Schema.Parse(
        "entity User; entity Photo { a?: Photo }; action view appliesTo { principal: User, resource: Photo, context: { text?: String } };"));

    /// <summary>What is repeated, in front of something and behind it, with what the refusal says; nothing when the text is read.</summary>
    public static TheoryData<string, string, string, string, string, string> Bombs => new()
    {
        { "parentheses", "permit(principal,action,resource)when{", "(", "true", ")", "nested too deeply" },
        { "negations", "permit(principal,action,resource)when{", "!(", "true", ")", "nested too deeply" },
        { "bare negations", "permit(principal,action,resource)when{", "!", "true", "", "at most" },
        { "minus signs", "permit(principal,action,resource)when{", "-", "1", "", "at most" },
        { "sets", "permit(principal,action,resource)when{", "[", "1", "]", "nested too deeply" },
        { "records", "permit(principal,action,resource)when{", "{a:", "1", "}", "nested too deeply" },
        { "ifs", "permit(principal,action,resource)when{", "if true then ", "1", " else 1", "nested too deeply" },
        { "conditions of ifs", "permit(principal,action,resource)when{", "if (", "true", ") then true else true", "nested too deeply" },
        { "arguments", "permit(principal,action,resource)when{", "[1].contains(", "1", ")", "nested too deeply" },
        { "open parentheses", "permit(principal,action,resource)when{", "(", "", "", "nested too deeply" },
        { "open braces", "", "{", "", "", "expected" },
        { "a quotation mark too few", "permit(principal,action,resource)when{\"", "a", "", "", "no closing quotation mark" },
        { "ands", "permit(principal,action,resource)when{true", "&&true", "", "", "longer than 10000" },
        { "sums", "permit(principal,action,resource)when{1", "+1", "", "", "nested too deeply" },
        { "attributes", "permit(principal,action,resource)when{resource", ".a", "", "", "nested too deeply" },
        { "relations", "permit(principal,action,resource)when{1", "==1", "", "", "Relations do not chain" },
        { "a path", "permit(principal,action,resource)when{a", "::a", "::\"x\"==principal", "};", "" },
        { "a path in the scope", "permit(principal==a", "::a", "::\"x\",action,resource);", "", "" },
        { "a has path", "permit(principal,action,resource)when{resource has a", ".a", "};", "", "nested too deeply" },
        { "annotations", "", "@a(\"b\")", "permit(principal,action,resource);", "", "annotation" },
        { "a comment", "//", "/", "\npermit(principal,action,resource);", "", "" },
        { "comments", "", "//\n", "permit(principal,action,resource);", "", "" },
        { "a string", "permit(principal,action,resource)when{context has text&&context.text==\"", "a", "\"};", "", "" },
        { "escapes", "permit(principal,action,resource)when{context has text&&context.text==\"", "\\u{1f600}", "\"};", "", "" },
        { "wildcards", "permit(principal,action,resource)when{context has text&&context.text like \"", "*a", "\"};", "", "" },
        { "bare wildcards", "permit(principal,action,resource)when{context has text&&context.text like \"", "*", "\"};", "", "" },
        { "a set", "permit(principal,action,resource)when{[1", ",1", "].contains(2)};", "", "" },
        { "actions", "permit(principal,action in[Action::\"a\"", ",Action::\"a\"", "],resource);", "", "" },
        { "clauses", "permit(principal,action,resource)", "when{true}", ";", "", "" },
        { "policies", "", "permit(principal,action,resource);", "", "", "" },
        { "nonsense", "", "permit;", "", "", "expected" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_megabyte_is_read_or_refused_in_time_that_grows_gently(string name, string before, string part, string middle, string after, string complaint)
    {
        // What is read goes through ten doors; a quarter shows the law as well, and of each kind one has the full size.
        int whole = complaint.Length > 0 || name is "policies" or "a string" ? Size : Size / 4;
        string refusal = "";
        SmallStack.GrowsGently(name, whole, size =>
        {
            int times = size / (part.Length + after.Length);
            bool closes = after.Length > 0 && after != "};";
            string text = before + Repeat(part, times) + middle + (closes ? Repeat(after, times) : after);
            refusal = Refusal(() => Read(text));
            Refusal(() => PolicyFormatter.Format(text));
        });

        if (complaint.Length > 0)
        {
            refusal.ShouldContain(complaint);
        }
        else
        {
            refusal.ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_deepest_text_that_is_read_goes_through_every_door_on_a_small_stack()
    {
        foreach ((string open, string close) in new[] { ("!(", ")"), ("true && (", ")"), ("[", "] == [1]"), ("if (", ") then true else true") })
        {
            for (int depth = 10; depth <= 300; depth += 10)
            {
                string text = $"permit(principal,action,resource)when{{{Repeat(open, depth)}true{Repeat(close, depth)}}};";
                SmallStack.Run(() => Refusal(() => Read(text)));
                SmallStack.Run(() => Refusal(() => PolicyFormatter.Format(text)));
            }
        }
    }

    [Theory]
    [InlineData("*aaaa…*b")]
    [InlineData("*a*a*a…*b")]
    [InlineData("*aaa…baaa…*")]
    public void Like_takes_no_more_than_linear_time_on_a_megabyte(string shape) => SmallStack.GrowsGently(shape, Size, size =>
    {
        string half = Repeat("a", size / 4);
        string pattern = shape switch { "*aaaa…*b" => $"*{half}*b", "*a*a*a…*b" => $"{Repeat("*a", size / 4)}*b", _ => $"*{half}b{half}*" };
        Cedar.Outcome($"context.text like \"{pattern}\"", context: RecordValue.Of(("text", Value.Of(Repeat("a", size))))).ShouldBe("false");
    });

    /// <summary>Each place of the text looks like the segment for long before it is not: without a linear search it takes minutes at this size.</summary>
    [Fact]
    public void Like_takes_no_more_than_linear_time_where_a_long_segment_nearly_matches_everywhere() => SmallStack.GrowsGently("*aaaa…*", Size, size =>
    {
        string nearly = Repeat("a", (size / 2) - 1) + "b";
        Cedar.Outcome($"context.text like \"*{Repeat("a", size / 2)}*\"", context: RecordValue.Of(("text", Value.Of(Repeat(nearly, 8))))).ShouldBe("false");
    }, growthMax: 15);

    private static void Read(string text)
    {
        PolicySet policies = PolicySet.Parse(text);
        CompiledPolicySet compiled = policies.Compile();
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("text", Value.Of("aaa"))));
        compiled.Evaluate(request, EntityStore.Empty);
        if (policies.Policies.Count < 10)
        {
            Explainer.Explain(compiled, request, EntityStore.Empty);
        }

        Validator.Validate(policies);
        PolicySetJson.Parse(PolicySetJson.Write(policies)).Policies.Count.ShouldBe(policies.Policies.Count);
        foreach (Policy policy in policies.Policies)
        {
            PolicyFormatter.Print(policy);
        }
    }

    private static string Refusal(Action read)
    {
        try
        {
            read();
            return "";
        }
        catch (PolicySyntaxException refused)
        {
            refused.Errors.Count.ShouldBeInRange(1, 20);
            refused.Message.Length.ShouldBeLessThan(20_000);
            return refused.Message;
        }
        catch (PolicyJsonException refused)
        {
            return refused.Problem;
        }
    }

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
