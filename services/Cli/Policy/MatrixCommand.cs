namespace AccessGov.Cli;

/// <summary><c>policy matrix</c>: what the scopes of a policy set give each role.</summary>
internal static class MatrixCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string[]> policies = InputOptions.Policies();
        Option<string[]> entities = InputOptions.Entities();
        Option<string[]> schema = InputOptions.Schema();
        Option<string[]> roles = Uids("--role", "A row, as Role::\"nurse\"; every group that a scope names when left out.");
        Option<string[]> actions = Uids("--action", "A column, as Action::\"view\"; every action of policies and data when left out.");
        var principalType = new Option<string?>("--principal-type") { Description = "Leave out policies for other types of principals.", HelpName = "TYPE" };
        var resourceType = new Option<string?>("--resource-type") { Description = "Leave out policies for other types of resources.", HelpName = "TYPE" };
        Option<bool> json = InputOptions.Json();
        Option<bool> progress = InputOptions.Progress();
        var csv = new Option<bool>("--csv") { Description = "Write comma-separated values." };
        var command = new Command("matrix", "Shows roles by actions: permitted, under conditions, forbidden, not granted.")
        {
            policies, entities, schema, roles, actions, principalType, resourceType, json, csv, progress,
        };
        command.SetAction(parsed =>
        {
            PolicySet set = PolicyFiles.Load(parsed.GetRequiredValue(policies), terminal);
            Schema? known = SchemaFiles.Load(parsed.GetRequiredValue(schema), terminal);
            EntityStore store = EntityFiles.Load(parsed.GetRequiredValue(entities), known, terminal);
            var input = new MatrixInput(set, known, store);
            IReadOnlyList<EntityUid> rows = input.Roles(parsed.GetRequiredValue(roles));
            using var line = new ProgressLine(terminal, parsed.GetValue(progress), "roles", rows.Count);
            RoleMatrix matrix = Of(set, store, new RoleMatrixOptions
            {
                Roles = rows, Actions = input.Actions(parsed.GetRequiredValue(actions)), Progress = line,
                PrincipalType = input.Type(parsed.GetValue(principalType), "--principal-type"), ResourceType = input.Type(parsed.GetValue(resourceType), "--resource-type"),
            });
            bool hasEntities = parsed.GetRequiredValue(entities).Length > 0;
            Action<Terminal, RoleMatrix> write = parsed.GetValue(json) ? WriteJson : parsed.GetValue(csv) ? WriteCsv : (to, whole) => WriteText(to, whole, hasEntities);
            write(terminal, matrix);
            return ExitCode.Good;
        });
        return command;
    }

    private static Option<string[]> Uids(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true, HelpName = "UID", DefaultValueFactory = _ => [] };

    private static RoleMatrix Of(PolicySet policies, EntityStore entities, RoleMatrixOptions options)
    {
        try
        {
            return RoleMatrix.Of(policies, entities, options);
        }
        catch (ArgumentException)
        {
            throw new InputException(
                $"The matrix has more than {RoleMatrix.CellsMax} cells, or takes more than {RoleMatrix.ComparisonsMax} comparisons of policies with roles and actions; name fewer of them.");
        }
    }

    // Roles have long names and are many, so that columns have numbers and a key says what they stand for.
    private static void WriteText(Terminal terminal, RoleMatrix matrix, bool hasEntities)
    {
        for (int role = 0; role < matrix.Roles.Count; role++)
        {
            terminal.Line($"{role + 1,4}  {matrix.Roles[role]}");
        }

        terminal.Line();
        var table = new TextTable(["", .. Enumerable.Range(1, matrix.Roles.Count).Select(number => $"{number,2}")]);
        foreach (EntityUid action in matrix.Actions)
        {
            table.Add(Colour.None, [action.ToString(), .. matrix.Roles.Select(role => $" {Symbol(matrix[role, action].Verdict)}")]);
        }

        table.Write(terminal);
        terminal.Line();
        terminal.Line("P permitted   c permitted under conditions   F forbidden   . not granted");
        if (!hasEntities)
        {
            terminal.Line("No --entities: which role is in which other is not known, nor which action in which group but for the --schema, and a . may be more than that.");
        }

        terminal.Line("A column is about somebody who has this role only; for somebody with several roles a forbid of any of them holds.");
    }

    private static void WriteCsv(Terminal terminal, RoleMatrix matrix)
    {
        terminal.Line(string.Join(',', matrix.Roles.Select(role => Quote(role.ToString())).Prepend("action")));
        foreach (EntityUid action in matrix.Actions)
        {
            terminal.Line(string.Join(',', matrix.Roles.Select(role => Word(matrix[role, action].Verdict)).Prepend(Quote(action.ToString()))));
        }
    }

    private static void WriteJson(Terminal terminal, RoleMatrix matrix) => terminal.Json(writer =>
    {
        writer.WriteStartObject();
        writer.Strings("roles", matrix.Roles.Select(role => role.ToString()));
        writer.Strings("actions", matrix.Actions.Select(action => action.ToString()));
        writer.Objects("cells", matrix.Cells, cell =>
        {
            writer.WriteString("role", cell.Role.ToString());
            writer.WriteString("action", cell.Action.ToString());
            writer.WriteString("verdict", Word(cell.Verdict));
            foreach ((string name, IReadOnlyList<CoveringPolicy> covering) in new[] { ("permits", cell.Permits), ("forbids", cell.Forbids) })
            {
                writer.Objects(name, covering, policy =>
                {
                    writer.WriteString("policy", policy.Policy.Id);
                    writer.WriteBoolean("hasConditions", policy.HasConditions);
                });
            }
        });
        writer.WriteEndObject();
    });

    private static string Quote(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static char Symbol(RoleVerdict verdict) => verdict switch
    {
        RoleVerdict.Permitted => 'P',
        RoleVerdict.PermittedUnderConditions => 'c',
        RoleVerdict.Forbidden => 'F',
        _ => '.',
    };

    private static string Word(RoleVerdict verdict) => verdict switch
    {
        RoleVerdict.Permitted => "permitted",
        RoleVerdict.PermittedUnderConditions => "conditions",
        RoleVerdict.Forbidden => "forbidden",
        _ => "none",
    };
}
