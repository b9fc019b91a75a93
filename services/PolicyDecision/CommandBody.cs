using System.Security.Cryptography;

namespace AccessGov.PolicyDecision;

/// <summary>What a command with an Idempotency-Key says, as a hash: its key is not another command's.</summary>
/// <param name="Hash">SHA-256 of the body, in hexadecimal digits.</param>
internal sealed record CommandBody(string Hash)
{
    /// <summary>Reads the body ahead of the endpoint, which has bounded it and reads it again. Whoever comes here is authorized already.</summary>
    public static async Task HashAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.ContainsKey("Idempotency-Key"))
        {
            http.Request.EnableBuffering((int)Imports.BodyBytesMax);
            byte[] hash = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
            http.Request.Body.Position = 0;
            http.Features.Set(new CommandBody(Convert.ToHexStringLower(hash)));
        }

        await next(http);
    }
}
