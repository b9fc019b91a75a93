using System.Diagnostics;

namespace AccessGov.Cli.Tests;

public sealed class ProcessTests
{
    [Fact]
    public async Task The_program_passes_its_exit_code_on_and_writes_plain_text_into_a_pipe()
    {
        (int code, string output, string error) = await RunAsync("policy", "format", "--check", Repository.Example("radiology.cedar"));
        (code, output, error).ShouldBe((0, "", ""));

        (code, output, error) = await RunAsync("policy", "check", "nowhere.cedar");
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldBe("nowhere.cedar: there is no such file.\n");

        (code, output, _) = await RunAsync(
            "policy", "diff", Repository.Example("radiology.cedar"), Repository.Example("stricter"), "--requests", Repository.Example("requests.jsonl"),
            "--entities", Repository.Example("entities.json"), "--schema", Repository.Example("radiology.cedarschema"));
        code.ShouldBe(1);
        output.ShouldContain("1 allow -> deny");
        output.ShouldNotContain('\u001b');
    }

    [Theory]
    [InlineData("> /dev/full")]
    [InlineData(">&-")]
    [InlineData("--json > /dev/full")]
    [InlineData("2> /dev/full > /dev/full")]
    public async Task An_output_that_cannot_be_written_ends_with_2_and_one_sentence(string redirection)
    {
        string check = $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "accessgov.dll")}' policy check '{Repository.Example("radiology.cedar")}' {redirection}";

        (int code, string output, string error) = await StartAsync(new ProcessStartInfo("bash", ["-c", check]));

        code.ShouldBe(2);
        output.ShouldBeEmpty();
        if (redirection.StartsWith('2'))
        {
            error.ShouldBeEmpty();
        }
        else
        {
            error.ShouldMatch("^The output cannot be written: [^\n]+\n$");
        }
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] args) =>
        StartAsync(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "accessgov.dll"), .. args]));

    private static async Task<(int Code, string Output, string Error)> StartAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput, start.UseShellExecute) = (true, true, true, false);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    [TerminalFact]
    public async Task A_terminal_sees_text_and_is_put_into_no_mode()
    {
        string check = $"NO_COLOR=1 dotnet '{Path.Combine(AppContext.BaseDirectory, "accessgov.dll")}' policy check '{Repository.Example("radiology.cedar")}' nowhere.cedar; NO_COLOR=1 dotnet '{Path.Combine(AppContext.BaseDirectory, "accessgov.dll")}' policy check '{Repository.Example("radiology.cedar")}'";

        (_, string output, _) = await StartAsync(new ProcessStartInfo(TerminalFactAttribute.Script, ["-qec", check, "/dev/null"]));

        output.ShouldContain("nowhere.cedar: there is no such file.");
        output.ShouldContain("3 policies, 0 errors, 0 warnings");
        output.ShouldNotContain('\u001b');
    }
}

/// <summary>A test that is reported as skipped where nothing can play a terminal.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public const string Script = "/usr/bin/script";

    public TerminalFactAttribute() => Skip = File.Exists(Script) ? null! : $"There is no {Script} to play a terminal.";
}
