using Xunit;

namespace AccessGov.Testing;

/// <summary>
/// A test that asks the official Cedar engine, which npm installs. Without the engine it is skipped; where ACCESSGOV_OFFICIAL_ENGINE is
/// <c>required</c>, as deploy/test makes it, it runs and fails: nothing that should have been compared goes by in silence.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OfficialEngineFactAttribute : FactAttribute
{
    /// <summary>Names the folder to which npm installed tests/Testing/OfficialEngine/package.json.</summary>
    public const string FolderVariable = "ACCESSGOV_CEDAR_WASM";

    /// <summary><c>required</c> makes a missing engine a failure.</summary>
    public const string ModeVariable = "ACCESSGOV_OFFICIAL_ENGINE";

    private const string Missing = $"The official engine is not there: deploy/test installs it from npm, or {FolderVariable} names the folder it was "
        + $"installed to (npm install of tests/Testing/OfficialEngine/package.json). {ModeVariable}=optional deploy/test skips what needs it.";

    /// <summary>Skips the test, or not.</summary>
    public OfficialEngineFactAttribute() =>
        Skip = ReasonToSkip(Environment.GetEnvironmentVariable(FolderVariable), Environment.GetEnvironmentVariable(ModeVariable))!;

    /// <summary>The folder with the engine's <c>node_modules</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    public static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
        ? folder
        : throw new InvalidOperationException(Missing);

    /// <summary>Why a test is skipped with these values of the two variables; null when it runs.</summary>
    public static string? ReasonToSkip(string? folder, string? mode) => string.IsNullOrEmpty(folder) && mode is not "required" ? Missing : null;
}
