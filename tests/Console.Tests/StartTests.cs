using Microsoft.Extensions.Options;

namespace AccessGov.Console.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Without_the_secret_of_its_client_it_does_not_start()
    {
        var nowhere = new Uri("http://127.0.0.1:1/");
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(
            RunningConsole.StartAsync(new Uri("http://127.0.0.1:0/"), nowhere, nowhere, ""));

        refused.Message.ShouldContain("Console:ClientSecret");
    }
}
