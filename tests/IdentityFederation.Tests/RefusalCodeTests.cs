using System.Reflection;
using System.Text.RegularExpressions;
using AccessGov.EventSourcing;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>A refusal's code is what programs and the service desk go by: each is named by a test that saw it.</summary>
public sealed partial class RefusalCodeTests
{
    // Told to nobody: the first one only leaves somebody alone, for the second one OAuth has temporarily_unavailable.
    private static readonly string[] Untold = ["active_meanwhile", "grant_busy"];

    [Fact]
    public void Every_code_is_named_by_a_test()
    {
        string[] codes =
        [
            .. Sources("services").SelectMany(source => Code().Matches(source)).Select(code => code.Groups["code"].Value)
                .Distinct(StringComparer.Ordinal).Except(Untold),
        ];
        codes.Length.ShouldBeGreaterThan(100);
        string tests = string.Join('\n', Sources("tests"));
        codes.Where(code => !Regex.IsMatch(tests, $@"\b{code}\b")).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_commanded_before_the_store_has_started()
    {
        IEventStore store = DispatchProxy.Create<IEventStore, NotStartedYet>();
        EventSourcing.Refusal refusal = new IssuanceReach(store, null!).Refused.ShouldNotBeNull();
        refusal.Code.ShouldBe("store_not_started");
        Refusals.Table.StatusOf(refusal.Code).ShouldBe(503);
    }

    private static IEnumerable<string> Sources(string folder)
    {
        string root = WorkingCopy.PathOf(folder, folder == "tests" ? "IdentityFederation.Tests" : "IdentityFederation");
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Select(File.ReadAllText);
    }

    // A refusal whose type is not said is known by its code, which has more than one word.
    [GeneratedRegex("""new (?:EventSourcing\.)?Refusal\(\s*"(?<code>[^"]+)"|new\(\s*"(?<code>[a-z0-9]+(?:_[a-z0-9]+)+)",\s*[$"]""")]
    private static partial Regex Code();

    /// <summary>A store that is still connecting.</summary>
    public class NotStartedYet : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.Name == "get_Started" ? new TaskCompletionSource().Task : throw new NotSupportedException(targetMethod?.Name);
    }
}
