namespace AccessGov.Architecture;

/// <summary>The table of who may reference whom. Between services: messages for facts, HTTP for questions.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Everything = ["CommandEndpoints", "Contracts", "EventSourcing", "Messaging", "ServiceDefaults", "TrailFeed", "Cedar"];
    private static readonly string[] AllButCedar = ["CommandEndpoints", "Contracts", "EventSourcing", "Messaging", "ServiceDefaults", "TrailFeed"];

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["PolicyDecision"] = [.. Everything, "ArchiveRequests"],
        ["IdentityFederation"] = [.. AllButCedar, "Mail"],
        ["BreakGlass"] = [.. AllButCedar, "Client", "EmergencyCapabilities", "Mail"],
        ["Recertification"] = [.. AllButCedar, "Client"],
        ["Audit"] = [.. AllButCedar, "LeafVerification", "TransparencyLog"],
        ["Console"] = ["ServiceDefaults"],
        ["Witness"] = ["CommandEndpoints", "ServiceDefaults", "TransparencyLog"],
        ["Client"] = ["EmergencyCapabilities"],
        ["Edge"] = ["ArchiveRequests", "Client", "CommandEndpoints", "EmergencyCapabilities", "ServiceDefaults"],
        ["ArchiveRequests"] = [],
        ["EmergencyCapabilities"] = [],
        ["Mail"] = [],
        ["Cli"] = ["Cedar", "LeafVerification", "TransparencyLog"],
        ["Contracts"] = [],
        ["Cedar"] = [],
        ["TransparencyLog"] = [],
        ["LeafVerification"] = ["TransparencyLog"],
        ["EventSourcing"] = [],
        ["Messaging"] = ["EventSourcing"],
        ["TrailFeed"] = ["Contracts", "EventSourcing", "Messaging"],
        ["ServiceDefaults"] = [],
        ["CommandEndpoints"] = ["EventSourcing", "ServiceDefaults"],
    };

    public static TheoryData<string> Products => [.. House.Products.Select(project => project.Name)];

    [Fact]
    public void Every_project_of_services_and_shared_is_in_the_table() =>
        House.Products.Select(project => project.Name).Except(Allowed.Keys, StringComparer.Ordinal).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Products))]
    public void A_project_file_references_only_what_the_table_allows(string name) =>
        House.Projects[name].References.Except(Allowed[name], StringComparer.Ordinal).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Products))]
    public void An_assembly_references_only_what_the_table_allows(string name) =>
        House.Assemblies.Single(assembly => assembly.GetName().Name == House.Projects[name].AssemblyName).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(reference => reference.StartsWith("AccessGov.", StringComparison.Ordinal))
            .Select(reference => reference["AccessGov.".Length..])
            .Except(Allowed[name], StringComparer.Ordinal).ShouldBeEmpty();

    [Theory]
    [InlineData("Contracts")]
    [InlineData("Cedar")]
    [InlineData("TransparencyLog")]
    public void What_others_stand_on_references_no_package_and_no_framework_but_the_base(string name)
    {
        House.Projects[name].Packages.ShouldBeEmpty();
        House.Assemblies.Single(assembly => assembly.GetName().Name == House.Projects[name].AssemblyName).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(reference => !reference.StartsWith("System.", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void No_product_references_tests_or_deployment() =>
        House.Products.Where(project => project.References.Any(reference => House.Projects[reference].Folder is "tests" or "deploy")).ShouldBeEmpty();

    [Fact]
    public void What_is_deployed_beside_the_services_talks_to_them_by_HTTP_only() =>
        House.Projects.Values.Where(project => project.Folder == "deploy").SelectMany(project => project.References).ShouldBeEmpty();

    [Fact]
    public void Versions_of_packages_stand_in_one_file() =>
        House.Projects.Values.Where(project => File.ReadAllText(Path.Combine(House.Root, project.Path)).Contains(" Version=\"", StringComparison.Ordinal)).ShouldBeEmpty();
}
