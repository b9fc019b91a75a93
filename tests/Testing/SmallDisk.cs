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

/// <summary>Only the superuser of a machine that allows it mounts a small disk; elsewhere the test is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        try
        {
            new SmallDisk(1).Dispose();
        }
        catch (InvalidOperationException)
        {
            Skip = "Needs the right to mount a small disk.";
        }
    }
}
