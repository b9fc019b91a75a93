namespace AccessGov.DemoHospital.World;

internal sealed record PolicyFile(string Name, string Text);

/// <summary>The policy set of the hospital: the shipped files, which lie beside this program, and the rules of the departments.</summary>
internal static class PolicyFiles
{
    private static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "policies");

    public static IReadOnlyList<PolicyFile> All() =>
    [
        .. Directory.GetFiles(Shipped).Order(StringComparer.Ordinal)
            .Select(path => new PolicyFile(Path.GetFileName(path), File.ReadAllText(path))),
        new PolicyFile("departments.cedar", DepartmentPolicies.Write()),
    ];

    public static string Schema() => File.ReadAllText(Path.Combine(Shipped, "hospital.cedarschema"));
}
