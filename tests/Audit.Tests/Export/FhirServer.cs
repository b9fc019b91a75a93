using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace AccessGov.Audit.Tests.Export;

/// <summary>
/// A server that takes AuditEvents as FHIR describes it: creates, and batches; from those whose certificate is of the authority.
/// </summary>
internal sealed class FhirServer : IAsyncDisposable
{
    private WebApplication? app;

    public int Port { get; } = FreePort.Next();

    public string Address => $"https://localhost:{Port}/fhir";

    /// <summary>What it keeps, as it came.</summary>
    public ConcurrentQueue<JsonObject> Taken { get; } = new();

    /// <summary>How the requests came: path, and the token.</summary>
    public ConcurrentQueue<(string Path, string Authorization, string ContentType)> Requests { get; } = new();

    /// <summary>What it answers instead of taking an event; null takes it.</summary>
    public Func<JsonObject, int?> Refuses { get; set; } = _ => null;

    /// <summary>Whether a batch with an event that it refuses is refused as a whole.</summary>
    public bool RefusesWholly { get; init; }

    /// <summary>What it answers instead of looking at a request; null looks.</summary>
    public int? Down { get; set; }

    public static long SequenceOf(JsonObject taken) => long.Parse(taken["meta"]!["source"]!.GetValue<string>().Split(':')[^1]);

    public async Task StartAsync(IssuingAuthority authority)
    {
        (string certificate, string key) = authority.Issue("localhost", IPAddress.Loopback);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(
            kestrel => kestrel.ListenLocalhost(Port, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = X509CertificateLoader.LoadPkcs12(
                X509Certificate2.CreateFromPemFile(certificate, key).Export(X509ContentType.Pkcs12), null);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (presented, _, _) =>
            {
                using var chain = new X509Chain();
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authority.File);
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                return chain.Build(presented);
            };
        })));
        app = builder.Build();
        app.MapPost("/fhir/AuditEvent", CreateAsync);
        app.MapPost("/fhir/", BatchAsync);
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private async Task<IResult> CreateAsync(HttpRequest request)
    {
        JsonObject resource = await ReadAsync(request);
        return Results.StatusCode(Down ?? Take(resource));
    }

    private async Task<IResult> BatchAsync(HttpRequest request)
    {
        JsonObject bundle = await ReadAsync(request);
        if (Down is { } status)
        {
            return Results.StatusCode(status);
        }

        (bundle["resourceType"]!.GetValue<string>(), bundle["type"]!.GetValue<string>()).ShouldBe(("Bundle", "batch"));
        if (RefusesWholly && bundle["entry"]!.AsArray().Any(entry => Refuses(entry!["resource"]!.AsObject()) is not null))
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        var answers = new JsonArray();
        foreach (JsonNode? entry in bundle["entry"]!.AsArray())
        {
            (entry!["request"]!["method"]!.GetValue<string>(), entry["request"]!["url"]!.GetValue<string>())
                .ShouldBe(("POST", "AuditEvent"));
            answers.Add(new JsonObject { ["response"] = new JsonObject { ["status"] =
                $"{Take(entry["resource"]!.DeepClone().AsObject())} said" } });
        }

        return Results.Text(new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch-response", ["entry"] =
            answers }.ToJsonString(), "application/fhir+json");
    }

    private int Take(JsonObject resource)
    {
        if (Refuses(resource) is { } status)
        {
            return status;
        }

        Taken.Enqueue(resource);
        return StatusCodes.Status201Created;
    }

    private async Task<JsonObject> ReadAsync(HttpRequest request)
    {
        Requests.Enqueue((request.Path, request.Headers.Authorization.ToString(), request.ContentType ?? ""));
        return (await JsonNode.ParseAsync(request.Body))!.AsObject();
    }
}
