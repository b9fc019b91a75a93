namespace AccessGov.Cli;

/// <summary><c>policy explain</c>: why this decision, and what would have to be otherwise.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var request = new RequestOptions();
        var all = new Option<bool>("--all") { Description = "Also policies whose scope did not match." };
        Option<int> counterfactuals = InputOptions.Number(
            "--counterfactuals", "How many sets of changes that would allow are looked for; 0 for none.", 0, int.MaxValue, new ExplanationOptions().CounterfactualsMax);
        Option<int> nearest = InputOptions.Number("--nearest", "How many of the nearest permits are shown.", 0, int.MaxValue, new ExplanationOptions().NearestMax);
        Option<bool> json = InputOptions.Json();
        var command = new Command("explain", "Explains a decision: what was true, false, in error or not reached, and computed changes that would allow.");
        request.AddTo(command);
        foreach (Option option in (Option[])[all, counterfactuals, nearest, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            (PolicySource source, EntityStore entities, Request asked, Schema? schema) = request.Read(parsed, terminal);
            Explanation explanation = Explainer.Explain(source.Policies, in asked, entities, new ExplanationOptions
            {
                IncludeUnmatched = parsed.GetValue(all), Schema = schema, CounterfactualsMax = parsed.GetValue(counterfactuals), NearestMax = parsed.GetValue(nearest),
            });
            if (parsed.GetValue(json))
            {
                terminal.Json(explanation.WriteJson);
            }
            else
            {
                Write(terminal, explanation.ToText(source.PlaceOf));
            }

            return ExitCode.Good;
        });
        return command;
    }

    private static void Write(Terminal terminal, string report)
    {
        foreach (string line in report.TrimEnd('\n').Split('\n'))
        {
            terminal.Line(line, line.TrimStart() switch
            {
                ['✓', ..] => Colour.Green,
                ['✗', ..] => Colour.Red,
                ['!', ' ', ..] => Colour.Yellow,
                _ => Colour.None,
            });
        }
    }
}
