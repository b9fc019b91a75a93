namespace AccessGov.Cli.Tests;

/// <summary>Cases that ask nothing, because what they bring is no data.</summary>
public sealed class MalformedCaseTests : IDisposable
{
    private readonly Folder folder = new();

    public MalformedCaseTests()
    {
        folder.Write("p.cedar", "permit(principal, action, resource);");
        folder.Write("s.cedarschema", "entity U { n?: Long }; entity P; action v appliesTo { principal: U, resource: P, context: { x?: Long } };");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\"context\":1", "3:13", "Expected a record")]
    [InlineData("\"context\":[]", "3:13", "Expected a record")]
    [InlineData("\"context\":{\"x\":1.5}", "3:18", "")]
    [InlineData("\"context\":{\"x\":null}", "3:18", "")]
    [InlineData("\"entities\":5", "3:14", "expected a list of entities")]
    [InlineData("\"entities\":{}", "3:14", "expected a list of entities")]
    [InlineData("\"entities\":[7]", "3:15", "")]
    [InlineData("\"entities\":[{\"uid\":{\"type\":\"U\",\"id\":\"a\"},\"attrs\":{}}]", "3:15", "parents")]
    [InlineData("\"entities\":[{\"uid\":{\"type\":\"U\",\"id\":\"a\"},\"attrs\":{\"n\":1.5},\"parents\":[]}]", "3:57", "")]
    public void Malformed_data_of_a_case_ends_with_2_and_is_named_by_line_and_column(string data, string place, string message)
    {
        foreach (string schema in new[] { "", "\"schema\":\"s.cedarschema\"," })
        {
            string file = folder.Write("x.cases.json", Cases(schema, data));

            CommandRun run = CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(2);

            run.Error.ShouldStartWith($"{file}:{place}: error: ");
            run.Error.ShouldContain(message);
        }
    }

    [Theory]
    [InlineData("\"context\":{\"x\":true}")]
    [InlineData("\"entities\":[{\"uid\":{\"type\":\"U\",\"id\":\"a\"},\"attrs\":{\"n\":true},\"parents\":[]}]")]
    public void Data_that_does_not_fit_the_schema_is_a_failed_case_and_the_others_run(string data)
    {
        folder.Write("x.cases.json", Cases("\"schema\":\"s.cedarschema\",", data));

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(1).Output.ShouldContain("2 cases, 1 passed, 1 failed");
    }

    private static string Cases(string schema, string data)
    {
        const string Question = "\"principal\":\"U::\\\"a\\\"\",\"action\":\"Action::\\\"v\\\"\",\"resource\":\"P::\\\"p\\\"\",\"decision\":\"allow\"";
        return $"{{{schema}\"requests\":[{{{Question}}},\n{{{Question},\n  {data}}}]}}";
    }
}
