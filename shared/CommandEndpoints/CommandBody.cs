using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace AccessGov.CommandEndpoints;

/// <summary>What a command with an Idempotency-Key says, as a hash: its key is not another command's.</summary>
/// <param name="Hash">SHA-256 of the body, in hexadecimal digits.</param>
public sealed record CommandBody(string Hash)
{
    /// <summary>Reads the body ahead of the endpoint, which has bounded it and reads it again. Whoever comes here is authorized already.</summary>
    /// <param name="http">The request.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <param name="bytesMax">The largest body of any command of the service.</param>
    public static async Task HashAsync(HttpContext http, RequestDelegate next, int bytesMax)
    {
        if (http.Request.Headers.ContainsKey("Idempotency-Key"))
        {
            http.Request.EnableBuffering(bytesMax);
            byte[] hash = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
            http.Request.Body.Position = 0;
            http.Features.Set(new CommandBody(Convert.ToHexStringLower(hash)));
        }

        await next(http);
    }
}
