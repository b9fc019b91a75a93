using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace AccessGov.Audit.Tests.Copies;

/// <summary>
/// A bucket with object lock, as far as copies use it. Checks each request's signature by the rules of AWS Signature Version 4 itself, and
/// that each object comes with its hash, the mode COMPLIANCE and the time until which it is kept.
/// </summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string AccessKey = "AKIDEXAMPLE";
    public const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string Region = "eu-central-1";
    public const string Bucket = "trail";
    private readonly WebApplication app;
    private readonly ConcurrentQueue<string> faults = new();

    private S3Server(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    public ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Until)> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>What was wrong with requests.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    public static async Task<S3Server> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var server = new S3Server(builder.Build());
        server.app.Run(server.HandleAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The signature of a request (AWS Signature Version 4), from what is signed.</summary>
    public static string Sign(string secret, string date, string region, string service, string time, string canonicalRequest)
    {
        string scope = $"{date}/{region}/{service}/aws4_request";
        string toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonicalRequest))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (string part in new[] { date, region, service, "aws4_request", toSign })
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(key);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (FaultOf(context.Request, body.ToArray()) is { } fault)
        {
            faults.Enqueue(fault);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        string key = context.Request.Path.Value![$"/{Bucket}/".Length..];
        context.Response.StatusCode = context.Request.Method switch
        {
            "PUT" => Put(context.Request, key, body.ToArray()),
            _ => Objects.ContainsKey(key) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound,
        };
        if (context.Request.Method == "GET" && Objects.TryGetValue(key, out var found))
        {
            await context.Response.Body.WriteAsync(found.Content);
        }
    }

    private int Put(HttpRequest request, string key, byte[] content)
    {
        if (request.Headers.IfNoneMatch == "*" && Objects.ContainsKey(key))
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        Objects[key] = (content,
            DateTimeOffset.Parse(request.Headers["x-amz-object-lock-retain-until-date"]!, CultureInfo.InvariantCulture));
        return StatusCodes.Status200OK;
    }

    private static string? FaultOf(HttpRequest request, byte[] content)
    {
        if (request.Headers["x-amz-content-sha256"] != Hash(content))
        {
            return $"The body of {request.Method} {request.Path} is not signed: {request.Headers["x-amz-content-sha256"]}";
        }

        if (request.Method == "PUT" && (request.Headers["x-amz-object-lock-mode"] != "COMPLIANCE"
            || request.Headers["x-amz-checksum-sha256"] != Convert.ToBase64String(SHA256.HashData(content))))
        {
            return $"{request.Path} comes without its lock or its hash: {string.Join(", ", request.Headers.Select(header => header.Key))}";
        }

        // AWS4-HMAC-SHA256 Credential=.../date/region/s3/aws4_request, SignedHeaders=a;b, Signature=hex
        Dictionary<string, string> parts = request.Headers.Authorization.ToString()["AWS4-HMAC-SHA256 ".Length..].Split(',',
            StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        string[] credential = parts["Credential"].Split('/');
        string[] signed = parts["SignedHeaders"].Split(';');
        string[] target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        string canonical = string.Join('\n',
        [
            request.Method, target[0], target.ElementAtOrDefault(1) ?? "",
            .. signed.Select(name => $"{name}:{(name == "host" ? request.Host.ToString() : request.Headers[name].ToString()).Trim()}"),
            "", parts["SignedHeaders"], request.Headers["x-amz-content-sha256"].ToString(),
        ]);
        return credential is [AccessKey, _, Region, "s3", "aws4_request"]
            && request.Headers.Where(header => header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
                .All(header => signed.Contains(header.Key.ToLowerInvariant(), StringComparer.Ordinal))
            && parts["Signature"] == Sign(SecretKey, credential[1], Region, "s3", request.Headers["x-amz-date"]!, canonical)
            ? null
            : $"The signature of {request.Method} {request.Path} is false: {canonical}";
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
