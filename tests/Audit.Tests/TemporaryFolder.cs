namespace AccessGov.Audit.Tests;

/// <summary>A folder that is gone after the test, however it ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("accessgov-audit-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
