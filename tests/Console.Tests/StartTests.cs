using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace AccessGov.Console.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Outside_Development_it_says_in_one_sentence_why_it_does_not_start()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardError = true };
        start.ArgumentList.Add(PolicyDecisionProcess.AssemblyOf("Console"));
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        using Process process = Process.Start(start)!;

        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(1);
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldStartWith("The environment is Production, and people sign in to this console with development tokens");
    }

    [Fact]
    public async Task Without_the_secret_of_its_client_it_does_not_start()
    {
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(
            RunningConsole.StartAsync(new Uri("http://127.0.0.1:0/"), new Uri("http://127.0.0.1:1/"), ""));

        refused.Message.ShouldContain("Console:ClientSecret");
    }
}
