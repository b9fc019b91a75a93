namespace AccessGov.Cli;

/// <summary><c>policy authorize</c>: one request, one decision.</summary>
internal static class AuthorizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var request = new RequestOptions();
        var expect = new Option<string?>("--expect") { Description = "End with 1 unless this is the decision." };
        expect.AcceptOnlyFromAmong("allow", "deny");
        Option<bool> json = InputOptions.Json();
        var command = new Command("authorize", "Decides one request. Ends with 0 when it was answered, allow or deny.");
        request.AddTo(command);
        command.Add(expect);
        command.Add(json);
        command.SetAction(parsed =>
        {
            (PolicySource source, EntityStore entities, Request asked, _) = request.Read(parsed, terminal);
            Response response = source.Policies.Compile().Evaluate(in asked, entities);
            if (parsed.GetValue(json))
            {
                terminal.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.Response(response);
                    writer.WriteEndObject();
                });
            }
            else
            {
                Write(terminal, response, source);
            }

            return parsed.GetValue(expect) is { } expected && !expected.Equals(response.Decision.ToString(), StringComparison.OrdinalIgnoreCase)
                ? ExitCode.Found
                : ExitCode.Good;
        });
        return command;
    }

    private static void Write(Terminal terminal, Response response, PolicySource source)
    {
        terminal.Line(response.Decision.ToString().ToUpperInvariant(), response.Decision == Decision.Allow ? Colour.Green : Colour.Red);
        foreach (Policy reason in response.Reasons)
        {
            terminal.Line($"reason: {reason.Id} at {source.PlaceOf(reason)}");
        }

        foreach (PolicyError error in response.Errors)
        {
            terminal.Line($"error: {error.Policy.Id} at {source.PlaceOf(error.Policy)}: {error.Error.Message}", Colour.Yellow);
        }
    }
}
