using System.Text;
using System.Text.Json;

namespace AccessGov.Cli.Tests;

/// <summary>Good inputs that are damaged at random: every run ends, in words of ours, and says where.</summary>
public sealed class DamagedInputTests : IDisposable
{
    private static readonly int CasesPerKind = int.TryParse(Environment.GetEnvironmentVariable("ACCESSGOV_DAMAGED_CASES"), out int asked) ? asked : 150;

    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\u202e", "null", "1.5", "9223372036854775808", "'", "//", "\n", "\0", "ä", "*a", "&a ", "!!str ", "- ", "{", "\"\\ud800\"", "\"uid\":", "\"type\":", new('[', 200), "\ufeff"];

    private static readonly string[] Foreign = ["LineNumber", "BytePosition", "configured depth", "counted from 0", "(Parameter", "System.", "20516", "Nullable"];

    private static readonly (string Name, string Content, string[] Command)[] Kinds =
    [
        ("e.json", """
            [{"uid":{"type":"User","id":"ada"},"attrs":{"age":36,"home":{"zip":1}},"parents":[{"type":"Role","id":"r"}],"tags":{"k":1}},
             {"uid":{"__entity":{"type":"Role","id":"r"}},"attrs":{"at":{"__extn":{"fn":"ip","arg":"10.0.0.1"}}},"parents":[]}]
            """, ["check", "p.cedar", "-e", "e.json"]),
        ("e.json", """[{"uid":{"type":"User","id":"ada"},"attrs":{"age":36,"home":{"zip":1}},"parents":[{"type":"Role","id":"r"}],"tags":{"k":1}}]""",
            ["check", "p.cedar", "-s", "s.cedarschema", "-e", "e.json"]),
        ("x.cases.json", """
            {"policies":["p.cedar"],"schema":"s.cedarschema","entities":[{"uid":{"type":"Role","id":"r"},"attrs":{},"parents":[]}],
             "requests":[{"name":"one","principal":"User::\"ada\"","action":{"type":"Action","id":"view"},"resource":"P::\"p\"","context":{"a":[1,{"b":2}]},"decision":"allow","reasons":["x"],"errors":[]}]}
            """, ["test", "x.cases.json"]),
        ("x.cases.yaml", """
            policies: p.cedar
            requests:
              - name: &n one
                principal: {type: User, id: *n}
                action: Action::"view"
                resource: P::"p"
                context: {a: [1, 2]}
                decision: allow
            """, ["test", "x.cases.yaml"]),
        ("s.json", """{"":{"entityTypes":{"User":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","required":false}}}}},"actions":{"view":{"appliesTo":{"principalTypes":["User"],"resourceTypes":["User"]}}}}}""",
            ["check", "p.cedar", "-s", "s.json"]),
        ("set.json", """
            {"staticPolicies":{"a b":{"effect":"permit","principal":{"op":"All"},"action":{"op":"==","entity":{"type":"Action","id":"v"}},"resource":{"op":"All"},
              "conditions":[{"kind":"when","body":{"==":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"User","id":"a"}}}}}}]}},"templates":{},"templateLinks":[]}
            """, ["check", "set.json"]),
        ("r.jsonl", """{"principal":"User::\"ada\"","action":"Action::\"view\"","resource":{"type":"P","id":"p"},"context":{"a":1}}""", ["diff", "p.cedar", "p.cedar", "-r", "r.jsonl"]),
        ("c.json", """{"a":[1,{"b":{"__extn":{"fn":"ip","arg":"10.0.0.1"}}}]}""",
            ["authorize", "-p", "p.cedar", "--principal", "User::\"a\"", "--action", "Action::\"view\"", "--resource", "P::\"p\"", "--context", "c.json"]),
    ];

    private readonly Folder folder = new();

    public DamagedInputTests()
    {
        folder.Write("p.cedar", "@id(\"x\") permit(principal, action, resource);");
        folder.Write("s.cedarschema", "entity Role; entity User in [Role] { age: Long, home: { zip: Long } } tags Long; entity P; action view appliesTo { principal: User, resource: P, context: { a?: Set<Long> } };");
    }

    public static TheoryData<int> Each => [.. Enumerable.Range(0, Kinds.Length)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Each))]
    public void Every_run_over_damaged_inputs_ends_in_words_of_ours_and_says_where(int kind)
    {
        (string name, string content, string[] command) = Kinds[kind];
        string[] args = ["policy", .. command.Select(word => File.Exists(folder[word]) || word == name ? folder[word] : word), "--json"];
        for (int seed = 0; seed < CasesPerKind; seed++)
        {
            string damaged = Damage(content, new Random((kind * 1_000_000) + seed));
            string file = folder.Write(name, damaged);
            string about = $"kind {kind}, seed {seed}: {damaged}";

            CommandRun run = Run(args, about);

            run.ExitCode.ShouldBeInRange(0, 2, about);
            foreach (string word in Foreign)
            {
                (run.Output + run.Error).Contains(word, StringComparison.Ordinal).ShouldBeFalse($"{word} in {run.Output}{run.Error}, {about}");
            }

            foreach (JsonElement finding in run.Json.TryGetProperty("findings", out JsonElement findings) ? findings.EnumerateArray() : [])
            {
                (finding.GetProperty("file").GetString() != file || finding.TryGetProperty("line", out _)).ShouldBeTrue($"{finding}, {about}");
            }
        }
    }

    private static CommandRun Run(string[] args, string about)
    {
        try
        {
            return CommandRun.Of(args);
        }
        catch (Exception thrown)
        {
            throw new InvalidOperationException(about, thrown);
        }
    }

    private static string Damage(string content, Random random)
    {
        var text = new StringBuilder(content);
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                    break;
                case 1:
                    text.Remove(at, text.Length - at).Append(' ');
                    break;
                default:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }
}
