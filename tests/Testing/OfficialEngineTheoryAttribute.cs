using Xunit;

namespace AccessGov.Testing;

/// <summary>The same as <see cref="OfficialEngineFactAttribute"/>, for a test of several trials.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OfficialEngineTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test, or not.</summary>
    public OfficialEngineTheoryAttribute() => Skip = OfficialEngineFactAttribute.ReasonToSkip(
        Environment.GetEnvironmentVariable(OfficialEngineFactAttribute.FolderVariable),
        Environment.GetEnvironmentVariable(OfficialEngineFactAttribute.ModeVariable))!;
}
