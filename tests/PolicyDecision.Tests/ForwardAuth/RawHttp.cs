using System.Net.Sockets;
using System.Text;
using AccessGov.PolicyDecision.Tests.Studies;

namespace AccessGov.PolicyDecision.Tests.ForwardAuth;

internal static class RawHttp
{
    /// <summary>Sends a request line as it is; HttpClient would tidy it.</summary>
    public static async Task<string> SendAsync(StudyHost host, string requestLine, string token)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{requestLine}\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
