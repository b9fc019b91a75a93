using System.Diagnostics;
using Xunit;

namespace AccessGov.Testing;

/// <summary>A disk of a few megabytes in memory, which fills up quickly. For tests with <see cref="MountFactAttribute"/>.</summary>
public sealed class SmallDisk : IDisposable
{
    /// <summary>Mounts it.</summary>
    /// <param name="megabytes">Its size.</param>
    public SmallDisk(int megabytes)
    {
        Path = Directory.CreateTempSubdirectory("accessgov-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "none", Path);
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Changes it while it is used: <c>size=64m</c>, <c>ro</c>, <c>rw</c>.</summary>
    public void Remount(string options) => Run("mount", "-o", $"remount,{options}", Path);

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    private static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}

/// <summary>
/// Only the superuser of a machine that allows it mounts a small disk; elsewhere the test is skipped, unless ACCESSGOV_DISKS is
/// <c>required</c>, as deploy/test makes it where it may: then it runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    /// <summary><c>required</c> makes a machine that does not allow it a failure.</summary>
    public const string ModeVariable = "ACCESSGOV_DISKS";

    private static readonly Lazy<bool> Allowed = new(IsAllowed);

    /// <summary>Skips the test, or not.</summary>
    public MountFactAttribute() => Skip = ReasonToSkip(
        Allowed.Value, Environment.GetEnvironmentVariable(ModeVariable), "Needs the right to mount a small disk (root).")!;

    /// <summary>Why a test is skipped; null when it runs.</summary>
    public static string? ReasonToSkip(bool allowed, string? mode, string missing) => allowed || mode is "required" ? null : missing;

    private static bool IsAllowed()
    {
        try
        {
            new SmallDisk(1).Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
