using System.Text;

namespace AccessGov.Cli;

/// <summary><c>policy diff</c>: what a new policy set would have answered otherwise, over recorded requests.</summary>
internal static class DiffCommand
{
    public static Command Create(Terminal terminal)
    {
        var before = new Argument<string>("BEFORE") { Description = "The old policies: a file or a folder." };
        var after = new Argument<string>("AFTER") { Description = "The new policies: a file or a folder." };
        var requests = new Option<string>("--requests", "-r")
        {
            Description = "Recorded requests, one JSON object a line: principal, action, resource, context.", Required = true, HelpName = "FILE",
        };
        Option<string[]> entities = InputOptions.Entities();
        Option<string[]> schema = InputOptions.Schema();
        Option<int> shown = InputOptions.ShownMax("How many differing requests of each kind are shown; all are counted.", 20);
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("diff", "Compares two policy sets over recorded requests. Ends with 1 when an answer differs.")
        {
            before, after, requests, entities, schema, shown, json, progress,
        };
        command.SetAction(parsed =>
        {
            PolicySet old = PolicyFiles.Load([parsed.GetRequiredValue(before)], terminal);
            PolicySet @new = PolicyFiles.Load([parsed.GetRequiredValue(after)], terminal);
            Schema? known = SchemaFiles.Load(parsed.GetRequiredValue(schema), terminal);
            EntityStore store = EntityFiles.Load(parsed.GetRequiredValue(entities), known, terminal);
            List<(int Line, Request Request)> recorded = Read(InputFile.Read(parsed.GetRequiredValue(requests), terminal), known);
            using var line = new ProgressLine(terminal, parsed.GetValue(progress), "requests", recorded.Count);
            var difference = PolicySetDifference.Compare(
                old, @new, recorded.Select(pair => new RecordedRequest(pair.Request, store)),
                new PolicySetDifferenceOptions { KeptMax = int.MaxValue, Progress = line });
            var summary = new DiffSummary(difference.Differences, parsed.GetValue(shown));
            Action<Terminal, PolicySetDifference, DiffSummary, List<(int Line, Request Request)>> write = parsed.GetValue(json) ? WriteJson : WriteText;
            write(terminal, difference, summary, recorded);

            return difference.Changed == 0 ? ExitCode.Good : ExitCode.Found;
        });
        return command;
    }

    private static List<(int Line, Request Request)> Read(InputFile file, Schema? schema)
    {
        var requests = new List<(int, Request)>();
        int number = 0;
        foreach (string line in file.Text().Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                requests.Add((number, Request(InputDocument.OfLine(file.Name, number, Encoding.UTF8.GetBytes(line)), schema)));
            }
        }

        return requests.Count > 0
            ? requests
            : throw new InputException($"{file.Name}: there is no request in this file, so nothing could be compared; write one JSON object a line, with principal, action, resource and, if it has one, context.");
    }

    private static Request Request(InputDocument line, Schema? schema)
    {
        EntityUid Uid(string name) => line.Json.Member(name) is { } uid
            ? RequestReader.Uid(uid, line.Root.Member(name))
            : throw line.Root.Refuse($"a request is an object with principal, action, resource and, if it has one, context; `{name}` is missing.");

        return RequestReader.Request(Uid("principal"), Uid("action"), Uid("resource"), line.Json.Member("context"), schema, line.Root, line.Root.Member("context"));
    }

    private static void WriteText(Terminal terminal, PolicySetDifference difference, DiffSummary summary, List<(int Line, Request Request)> recorded)
    {
        foreach (AnswerDifference found in summary.Shown)
        {
            Request request = found.Recorded.Request;
            Colour colour = found.Differences.HasFlag(AnswerDifferences.DenyToAllow) ? Colour.Green
                : found.Differences.HasFlag(AnswerDifferences.AllowToDeny) ? Colour.Red : Colour.None;
            bool showsKinds = found.Differences.HasFlag(AnswerDifferences.Errors) && InError(found.Before).SetEquals(InError(found.After));
            terminal.Line(
                $"line {recorded[(int)found.Index].Line}: {request.Principal}, {request.Action}, {request.Resource}: "
                + $"{Describe(found.Before, showsKinds)} -> {Describe(found.After, showsKinds)}", colour);
        }

        terminal.Line(
            $"{difference.Requests} requests, {difference.Changed} answered otherwise: {difference.AllowToDeny} allow -> deny, {difference.DenyToAllow} deny -> allow, "
            + $"{summary.ReasonsChanged} other reasons, {summary.ErrorsChanged} other errors", difference.Changed == 0 ? Colour.Green : Colour.Yellow);
    }

    private static HashSet<string> InError(Response response) => [.. response.Errors.Select(error => error.Policy.Id)];

    private static string Describe(Response response, bool showsKinds)
    {
        IEnumerable<string> named = response.Errors.Select(error => showsKinds ? $"{error.Policy.Id}: {error.Error.Kind}" : error.Policy.Id);
        string errors = response.Errors.Count == 0 ? "" : $" errors [{string.Join(", ", named)}]";
        return $"{response.Decision.ToString().ToLowerInvariant()} [{string.Join(", ", response.Reasons)}]{errors}";
    }

    private static void WriteJson(Terminal terminal, PolicySetDifference difference, DiffSummary summary, List<(int Line, Request Request)> recorded) => terminal.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("requests", difference.Requests);
        writer.WriteNumber("changed", difference.Changed);
        writer.WriteNumber("allowToDeny", difference.AllowToDeny);
        writer.WriteNumber("denyToAllow", difference.DenyToAllow);
        writer.WriteNumber("reasonsChanged", summary.ReasonsChanged);
        writer.WriteNumber("errorsChanged", summary.ErrorsChanged);
        writer.Objects("differences", summary.Shown, found =>
        {
            writer.WriteNumber("line", recorded[(int)found.Index].Line);
            writer.WriteString("principal", found.Recorded.Request.Principal.ToString());
            writer.WriteString("action", found.Recorded.Request.Action.ToString());
            writer.WriteString("resource", found.Recorded.Request.Resource.ToString());
            foreach ((string name, Response response) in new[] { ("before", found.Before), ("after", found.After) })
            {
                writer.WriteStartObject(name);
                writer.Response(response);
                writer.WriteEndObject();
            }
        });
        writer.Objects("policies", difference.Policies, policy =>
        {
            writer.WriteString("policy", policy.PolicyId);
            writer.WriteNumber("reasonBefore", policy.ReasonBefore);
            writer.WriteNumber("reasonAfter", policy.ReasonAfter);
            writer.WriteNumber("errorBefore", policy.ErrorBefore);
            writer.WriteNumber("errorAfter", policy.ErrorAfter);
            writer.WriteNumber("decisionsChanged", policy.DecisionsChanged);
        });
        writer.WriteEndObject();
    });
}
