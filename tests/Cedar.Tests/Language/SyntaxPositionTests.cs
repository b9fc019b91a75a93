namespace AccessGov.Cedar.Tests.Language;

/// <summary>Where an error is: each text has the sign § in front of what the error is about, and is read without it.</summary>
public sealed class SyntaxPositionTests
{
    [Theory]
    [InlineData("§Permit(principal, action, resource);")]
    [InlineData("§allow(principal, action, resource);")]
    [InlineData("§\"permit\"(principal, action, resource);")]
    [InlineData("@§1 permit(principal, action, resource);")]
    [InlineData("@id(§x) permit(principal, action, resource);")]
    [InlineData("@id(\"x\"§, \"y\") permit(principal, action, resource);")]
    [InlineData("@id(\"x\")\n@§id(\"y\") permit(principal, action, resource);")]
    [InlineData("@id(\"a§\\q\") permit(principal, action, resource);")]
    [InlineData("permit §principal, action, resource);")]
    [InlineData("permit(§);")]
    [InlineData("permit(§resource, action, principal);")]
    [InlineData("permit(principal§);")]
    [InlineData("permit(principal, §resource, action);")]
    [InlineData("permit(principal, action§);")]
    [InlineData("permit(principal, action, §context);")]
    [InlineData("permit(principal, action, resource, §context);")]
    [InlineData("permit(principal, action, resource,§, );")]
    [InlineData("permit(principal §= User::\"a\", action, resource);")]
    [InlineData("permit(principal == §[User::\"a\"], action, resource);")]
    [InlineData("permit(principal == User§, action, resource);")]
    [InlineData("permit(principal == User::a§, action, resource);")]
    [InlineData("permit(principal == §?resource, action, resource);")]
    [InlineData("permit(principal == §?user, action, resource);")]
    [InlineData("permit(principal is §?principal, action, resource);")]
    [InlineData("permit(principal is User§::\"a\", action, resource);")]
    [InlineData("permit(principal is User §== User::\"a\", action, resource);")]
    [InlineData("permit(principal in User::\"a\" §is User, action, resource);")]
    [InlineData("permit(principal in §[User::\"a\"], action, resource);")]
    [InlineData("permit(principal §: User, action, resource);")]
    [InlineData("permit(principal §!= User::\"a\", action, resource);")]
    [InlineData("permit(principal, action §is Action, resource);")]
    [InlineData("permit(principal, action == §?action, resource);")]
    [InlineData("permit(principal, action == §User::\"a\", resource);")]
    [InlineData("permit(principal, action in [Action::\"a\", §Album::\"a\"], resource);")]
    [InlineData("permit(principal, action in [Action::\"a\" §Action::\"b\"], resource);")]
    [InlineData("permit(principal, action in [§?resource], resource);")]
    [InlineData("permit(principal, action, resource == (Photo::\"a\"§;")]
    [InlineData("permit(principal, action, resource) §if { true };")]
    [InlineData("permit(principal, action, resource) when §( true );")]
    [InlineData("permit(principal, action, resource) §when {};")]
    [InlineData("permit(principal, action, resource) when { true };\n\n  permit(principal, action, resource) §unless { };")]
    [InlineData("permit(principal, action, resource) when { true §; };")]
    [InlineData("permit(principal, action, resource) when { true }§")]
    [InlineData("permit(principal, action, resource);§;")]
    public void An_error_of_a_policy_stands_where_the_policy_goes_wrong(string marked) => ErrorShouldStandAtTheMark(marked);

    [Theory]
    [InlineData("§")]
    [InlineData("true &&§")]
    [InlineData("true && §&& true")]
    [InlineData("1 + §* 2")]
    [InlineData("(true§")]
    [InlineData("[1, 2§")]
    [InlineData("[1 §2]")]
    [InlineData("[§, 1]")]
    [InlineData("{a: 1 §b: 2}")]
    [InlineData("{§1: 2}")]
    [InlineData("{a §= 1}")]
    [InlineData("{a: 1, §a: 2}")]
    [InlineData("{§if: 1}")]
    [InlineData("1 < 2 §< 3")]
    [InlineData("1 == 2 §!= 3")]
    [InlineData("principal in resource §in resource")]
    [InlineData("context has a §has b")]
    [InlineData("\"a\" like \"b\" §like \"c\"")]
    [InlineData("principal is User §is User")]
    [InlineData("context has §1")]
    [InlineData("context has a.§\"b\"")]
    [InlineData("context has a.§if")]
    [InlineData("context has §in")]
    [InlineData("\"a\" like §context.pattern")]
    [InlineData("\"a\" like \"b§\\q\"")]
    [InlineData("principal is §\"User\"")]
    [InlineData("principal is User§::\"a\"")]
    [InlineData("§!!!!!true")]
    [InlineData("§-----1 == 1")]
    [InlineData("! §-1 == 1")]
    [InlineData("§9223372036854775808 == 1")]
    [InlineData("-§9223372036854775809 == 1")]
    [InlineData("-(§9223372036854775808) == 1")]
    [InlineData("1 §/ 2 == 1")]
    [InlineData("1 §% 2 == 1")]
    [InlineData("1 §= 1")]
    [InlineData("true && §if true then true else true")]
    [InlineData("if true §else false")]
    [InlineData("if true then true§")]
    [InlineData("context.§1")]
    [InlineData("context.§if")]
    [InlineData("context[§0]")]
    [InlineData("context[\"a\"§")]
    [InlineData("context[§principal]")]
    [InlineData("§contains([1], 1)")]
    [InlineData("§now() == 1")]
    [InlineData("[1].§size() == 1")]
    [InlineData("\"1\".§ip()")]
    [InlineData("[1].§contains(1, 2)")]
    [InlineData("[1].§isEmpty(1)")]
    [InlineData("principal.§hasTag()")]
    [InlineData("ip(\"1\" §\"2\")")]
    [InlineData("§user == 1")]
    [InlineData("§User::user == 1")]
    [InlineData("principal == §?principal")]
    [InlineData("\"a§\\x80\" == \"\"")]
    [InlineData("\"a§\\u{110000}\" == \"\"")]
    [InlineData("§\"never closed")]
    [InlineData("true §# false")]
    [InlineData("true §| false")]
    [InlineData("§/* c */ true")]
    public void An_error_of_an_expression_stands_where_the_expression_goes_wrong(string marked) =>
        ErrorShouldStandAtTheMark($"permit(principal, action, resource) when {{ {marked}{(marked.EndsWith('§') || marked.Contains("never", StringComparison.Ordinal) ? "" : " }")}");

    [Theory]
    [InlineData("// a comment\n§x", 2, 1)]
    [InlineData("// a comment\r\n§x", 2, 1)]
    [InlineData("\n\n\t§x", 3, 2)]
    [InlineData("\ufeff§x", 1, 2)]
    [InlineData("@id(\"é\")§x", 1, 9)]
    [InlineData("@id(\"😀\")§x", 1, 10)]
    [InlineData("@id(\"line\nbreak\")§x", 2, 8)]
    public void Lines_and_columns_count_from_one_and_in_UTF_16_units(string marked, int line, int column)
    {
        SyntaxError error = Cedar.Errors(marked.Replace("§", "", StringComparison.Ordinal))[0];

        // A byte order mark is no blank in Cedar: the error stands at the mark itself.
        (error.Line, error.Column).ShouldBe(marked[0] == '\ufeff' ? (1, 1) : (line, column));
    }

    [Fact]
    public void After_an_error_the_next_policy_is_read_and_twenty_errors_are_enough()
    {
        string text = string.Concat(Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? $"permit(principal{i});\n" : "permit(principal, action, resource);\n"));

        Cedar.Errors(text).Select(error => error.Line).ShouldBe(Enumerable.Range(0, 15).Select(i => (2 * i) + 1));
        Cedar.Errors(text + text).Count.ShouldBe(20);
    }

    [Theory]
    [InlineData("permit(principal) when { ; }; forbit(principal, action, resource);", 2)]
    [InlineData("permit(principal) when { {a: 1}; } unless { ; }; forbit(principal, action, resource);", 2)]
    [InlineData("permit(principal; forbit(principal, action, resource);", 2)]
    [InlineData("permit(principal forbit(principal, action, resource);", 1)]
    [InlineData("permit(principal, action, resource) when { \"; forbit(principal, action, resource);", 1)]
    public void A_semicolon_in_braces_ends_no_policy(string text, int errors) => Cedar.Errors(text).Count.ShouldBe(errors);

    private static void ErrorShouldStandAtTheMark(string marked)
    {
        int at = marked.IndexOf('§', StringComparison.Ordinal);
        string text = marked.Remove(at, 1);

        SyntaxError error = Cedar.Errors(text)[0];

        string found = text.Insert(error.Position.Offset, "§");
        found.ShouldBe(marked, error.Message);
        error.Line.ShouldBe(text[..at].Count(c => c == '\n') + 1);
        error.Column.ShouldBe(at - text[..at].LastIndexOf('\n'));
        error.ToString().ShouldBe($"rules.cedar:{error.Line}:{error.Column}: {error.Message}");
        error.Message.ShouldEndWith(".");
    }
}
