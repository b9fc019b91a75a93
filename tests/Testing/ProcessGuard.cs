using System.Diagnostics;

namespace AccessGov.Testing;

/// <summary>Ends what a test started when the test process is gone, however it went: test runners kill their hosts.</summary>
public static class ProcessGuard
{
    /// <summary>A shell of its own session watches both processes; in the end it removes the folder <paramref name="toRemove"/>, unless that is empty.</summary>
    public static void EndWithThisProcess(Process started, string toRemove = "")
    {
        const string Watch =
            "while kill -0 $1 && kill -0 $2; do sleep 1; done 2>/dev/null; kill -QUIT $2 2>/dev/null; sleep 1; [ -z \"$3\" ] || rm -rf \"$3\"";
        var start = new ProcessStartInfo { FileName = "setsid", UseShellExecute = false, WorkingDirectory = "/" };
        Array.ForEach(["sh", "-c", Watch, "guard", $"{Environment.ProcessId}", $"{started.Id}", toRemove], start.ArgumentList.Add);
        using Process? guard = Process.Start(start);
    }
}
