using System.Reflection;
using System.Xml.Linq;

namespace AccessGov.Architecture;

/// <summary>The repository as these tests see it: its projects, its sources and its compiled assemblies.</summary>
internal static class House
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every project of services/, shared/, deploy/ and tests/, by its name.</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } = Find("*.csproj").Select(Project.Read).ToDictionary(project => project.Name, StringComparer.Ordinal);

    /// <summary>The projects of services/ and shared/: what the dependency table is about.</summary>
    public static IEnumerable<Project> Products => Projects.Values.Where(project => project.Folder is "services" or "shared");

    /// <summary>The compiled assemblies of services/ and shared/, loaded.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. Products.Select(project => Assembly.Load(project.AssemblyName))];

    /// <summary>The types that somebody wrote, without what the compiler made.</summary>
    public static IEnumerable<Type> Types => Assemblies.SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.Name.Contains('<', StringComparison.Ordinal) && type.DeclaringType?.Name.Contains('<', StringComparison.Ordinal) is null or false
            && (type.Namespace?.StartsWith("AccessGov", StringComparison.Ordinal) ?? true));

    /// <summary>The C# files below the given folders.</summary>
    public static IEnumerable<string> Sources(params string[] folders) =>
        Find("*.cs").Where(file => folders.Contains(file[..file.IndexOf('/', StringComparison.Ordinal)], StringComparer.Ordinal));

    public static int LineCount(string file) => File.ReadLines(Path.Combine(Root, file)).Count();

    private static IEnumerable<string> Find(string pattern) =>
        from folder in new[] { "services", "shared", "deploy", "tests" }
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !path.Split('/').Any(part => part is "bin" or "obj" or ".run" or "node_modules")
        orderby path
        select path;

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AccessGov.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside the repository: no AccessGov.sln above them.");
    }
}

/// <summary>A project, as its csproj says.</summary>
internal sealed record Project(string Name, string Path, string AssemblyName, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public string Folder => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    public static Project Read(string path)
    {
        XDocument document = XDocument.Load(System.IO.Path.Combine(House.Root, path));
        string project = System.IO.Path.GetFileNameWithoutExtension(path);
        string assembly = document.Descendants("AssemblyName").SingleOrDefault()?.Value ?? $"AccessGov.{project}";
        return new Project(project, path, assembly, Included("ProjectReference", System.IO.Path.GetFileNameWithoutExtension), Included("PackageReference", name => name));

        IReadOnlyList<string> Included(string element, Func<string, string> name) =>
            [.. document.Descendants(element).Select(found => name(found.Attribute("Include")!.Value.Replace('\\', '/')))];
    }
}
