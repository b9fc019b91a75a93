using System.Reflection;

namespace AccessGov.Architecture;

/// <summary><c>Decide</c> and <c>Evolve</c> are functions of values: time, ids and facts come in as arguments, and nothing goes out but the result.</summary>
public sealed class PurityTests
{
    private static readonly string[] Forbidden =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.TimeProvider.", "System.TimeZoneInfo.get_Local", "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Random.", "System.Environment.",
        "System.Console.", "System.GC.", "System.AppContext.", "System.IO.", "System.Threading.",
        "System.Net.Sockets.", "System.Net.Http.", "System.Net.Dns.", "System.Net.NetworkInformation.",
        "System.Diagnostics.Process.", "System.Diagnostics.Stopwatch.", "System.Diagnostics.Activity", "System.Runtime.CompilerServices.Async",
        "System.Security.Cryptography.RandomNumberGenerator.", "System.Activator.", "System.Reflection.MethodBase.Invoke", "System.Reflection.Assembly.", "Npgsql.", "Microsoft.", "write to ",
    ];

    public static TheoryData<string> Methods => [.. All.Keys];

    private static Dictionary<string, MethodInfo> All { get; } = Rules.Named("Decide").Concat(Rules.Named("Evolve")).ToDictionary(Name, StringComparer.Ordinal);

    [Fact]
    public void There_are_rules() => All.Count.ShouldBeGreaterThan(1);

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_rule_is_static_and_takes_values_only(string name)
    {
        MethodInfo rule = All[name];

        rule.IsStatic.ShouldBeTrue();
        rule.GetParameters().Where(parameter => parameter.ParameterType.IsByRef || !Rules.IsValue(parameter.ParameterType))
            .Select(parameter => $"{parameter.ParameterType} {parameter.Name}").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_rule_reads_no_clock_makes_no_id_and_touches_nothing_outside(string name) =>
        Rules.Reaches(All[name]).Where(reached => Forbidden.Any(start => reached.StartsWith(start, StringComparison.Ordinal))).ShouldBeEmpty();

    private static string Name(MethodInfo method) =>
        $"{method.DeclaringType!.FullName}.{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
}
