using System.Text.Json;

namespace AccessGov.Cli.Tests;

public sealed class MatrixTests : IDisposable
{
    private const string Policies = """
        @id("reads") permit(principal in Role::"r", action == Action::"view", resource);
        @id("writes") permit(principal in Role::"r", action == Action::"edit", resource) when { context.x };
        @id("never") forbid(principal in Role::"s", action, resource);
        @id("s-views") permit(principal in Role::"s", action == Action::"view", resource);
        """;

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_table_has_a_column_for_each_role_and_a_row_for_each_action()
    {
        string[] lines = CommandRun.Of("policy", "matrix", "--policies", folder.Write("p.cedar", Policies)).ShouldEndWith(0).Output.Split('\n');

        lines.ShouldContain("   1  Role::\"r\"");
        lines.Single(line => line.StartsWith("Action::\"view\"", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].ShouldBe(["P", "F"]);
        lines.Single(line => line.StartsWith("Action::\"edit\"", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].ShouldBe(["c", "."]);
        lines[^2].ShouldBe("A column is about somebody who has this role only; for somebody with several roles a forbid of any of them holds.");
    }

    [Fact]
    public void JSON_names_the_policies_behind_each_cell()
    {
        JsonElement json = CommandRun.Of("policy", "matrix", "-p", folder.Write("p.cedar", Policies), "--json").ShouldEndWith(0).Json;

        json.GetProperty("roles").GetArrayLength().ShouldBe(2);
        JsonElement cell = json.GetProperty("cells").EnumerateArray().Single(cell =>
            cell.GetProperty("role").GetString() == "Role::\"s\"" && cell.GetProperty("action").GetString() == "Action::\"view\"");
        cell.GetProperty("verdict").GetString().ShouldBe("forbidden");
        cell.GetProperty("permits")[0].GetProperty("policy").GetString().ShouldBe("s-views");
        cell.GetProperty("forbids")[0].GetProperty("hasConditions").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void CSV_quotes_names_and_rows_and_columns_may_be_chosen()
    {
        CommandRun run = CommandRun.Of("policy", "matrix", "-p", folder.Write("p.cedar", Policies), "--csv", "--role", "Role::\"r\"", "--action", "Action::\"view\"");

        run.ShouldEndWith(0).Output.ShouldBe("action,\"Role::\"\"r\"\"\"\n\"Action::\"\"view\"\"\",permitted\n");
        CommandRun.Of("policy", "matrix", "-p", folder["p.cedar"], "--role", "r").ShouldEndWith(2).Error.ShouldContain("--role: `r` is not an entity uid");
        CommandRun.Of("policy", "matrix").ShouldEndWith(2).Error.ShouldContain("--policies");
    }

    [Fact]
    public void Progress_counts_roles_and_many_roles_keep_their_cells()
    {
        string policies = string.Concat(Enumerable.Range(0, 105).Select(i => $"permit(principal in Role::\"r{i}\", action == Action::\"a{i % 7}\", resource);\n"));
        string[] args = ["policy", "matrix", "-p", folder.Write("p.cedar", policies), "--csv"];

        CommandRun run = CommandRun.Of([.. args, "--progress"]).ShouldEndWith(0);

        run.Error.ShouldEndWith("105 of 105 roles\n");
        string[][] rows = [.. run.Output.TrimEnd('\n').Split('\n').Select(row => row.Split(','))];
        rows.Length.ShouldBe(1 + 7);
        rows[1 + 3].ShouldBe(["\"Action::\"\"a3\"\"\"", .. Enumerable.Range(0, 105).Select(i => i % 7 == 3 ? "permitted" : "none")]);
        CommandRun.Of(args).Error.ShouldBeEmpty();
    }

    [Fact]
    public void A_matrix_of_more_cells_than_the_bound_is_refused_and_the_bound_named()
    {
        string actions = string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"Action::\"a{i}\""));
        string policies = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"permit(principal in Role::\"r{i}\", action, resource);\n"));

        CommandRun.Of("policy", "matrix", "-p", folder.Write("p.cedar", $"{policies}permit(principal, action in [{actions}], resource);"))
            .ShouldEndWith(2).Error.ShouldContain("1000000 cells");
    }

    [Theory]
    [InlineData("", "no scope says `principal in` some group. Name the roles with --role")]
    [InlineData("permit(principal, action == Action::\"v\", resource);", "no scope says `principal in` some group. Name the roles with --role")]
    [InlineData("permit(principal in R::\"r\", action, resource);", "no scope names an action. Give the --schema that declares the actions")]
    public void An_empty_matrix_says_what_to_do(string policies, string message)
    {
        CommandRun run = CommandRun.Of("policy", "matrix", "-p", folder.Write("p.cedar", policies), "--json").ShouldEndWith(2);

        run.Error.ShouldContain(message);
        run.Json.GetProperty("error").GetString()!.ShouldContain(message);
    }

    [Theory]
    [InlineData("--role: Role::\"x\" is unknown", "--role", "Role::\"x\"")]
    [InlineData("Known is, for example, Role::\"r\".", "--role", "Role::\"r\"", "--role", "role::\"r\"")]
    [InlineData("--action: Action::\"reed\" is unknown: no scope names it, neither schema nor --entities have it.", "--action", "Action::\"reed\"")]
    [InlineData("--principal-type: `Usr` is not a type that the schema declares", "--principal-type", "Usr")]
    [InlineData("--resource-type: `a b` is not an entity type", "--resource-type", "a b")]
    public void What_nobody_declares_is_unknown_and_not_just_not_granted(string message, params string[] options)
    {
        string schema = folder.Write("s.cedarschema", "entity User in [Role, Kind]; entity Role; entity Kind enum [\"k\"]; entity P; action read appliesTo { principal: User, resource: P };");
        string entities = folder.Write("e.json", """[{"uid":{"type":"User","id":"u"},"attrs":{},"parents":[{"type":"Role","id":"known"}]}]""");
        string[] args = ["policy", "matrix", "-p", folder.Write("p.cedar", Policies), "-s", schema, "-e", entities];

        CommandRun.Of([.. args, .. options]).ShouldEndWith(2).Error.ShouldContain(message);

        CommandRun.Of([.. args, "--role", "Role::\"known\"", "--role", "Kind::\"k\"", "--action", "Action::\"read\"", "--principal-type", "User"]).ShouldEndWith(0);
    }

    [Fact]
    public void A_policy_that_never_applies_grants_nothing_and_without_entities_that_is_said()
    {
        string policies = folder.Write("p.cedar", "permit(principal in Role::\"chief\", action == Action::\"sign\", resource) when { false };");

        CommandRun run = CommandRun.Of("policy", "matrix", "-p", policies).ShouldEndWith(0);
        run.Output.ShouldContain("Action::\"sign\"");
        run.Output.Split('\n').Single(line => line.StartsWith("Action::\"sign\"", StringComparison.Ordinal)).ShouldEndWith(".");
        run.Output.ShouldContain("No --entities");
    }

}
