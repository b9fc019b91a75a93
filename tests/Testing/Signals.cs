using System.Diagnostics;

namespace AccessGov.Testing;

/// <summary>Signals to processes that a test started.</summary>
internal static class Signals
{
    /// <summary>To a process and then to those that it started.</summary>
    /// <param name="signal">Its name without SIG.</param>
    /// <param name="process">The process.</param>
    public static void Send(string signal, Process process)
    {
        var start = new ProcessStartInfo("sh") { UseShellExecute = false };
        Array.ForEach(["-c", "kill -$1 $2; for child in $(cat /proc/$2/task/$2/children); do kill -$1 $child; done", "signal", signal, $"{process.Id}"],
            start.ArgumentList.Add);
        using Process sent = Process.Start(start)!;
        sent.WaitForExit();
    }
}
