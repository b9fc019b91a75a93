using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Edge.Tests;

/// <summary>What BreakGlass answers an edge and those who hold capabilities; it takes only lines that follow each other.</summary>
internal sealed class BreakGlassStandIn : IAsyncDisposable
{
    public const string Issuer = "https://break-glass.test";
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsaSecurityKey signing;
    private readonly TimeProvider clock;
    private WebApplication? app;
    private int asked;

    private BreakGlassStandIn(TimeProvider clock)
    {
        this.clock = clock;
        signing = new ECDsaSecurityKey(key);
        signing.KeyId = Base64UrlEncoder.Encode(signing.ComputeJwkThumbprint());
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1:1/");

    /// <summary>Whether it cannot be asked: it answers nothing but failures.</summary>
    public bool IsAway { get; set; }

    public List<string> Revoked { get; } = [];

    public List<string> Ended { get; } = [];

    /// <summary>How often it was asked something.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>How far its clock is from the test's.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>The line that it takes no more from, as if it did not follow; null for none.</summary>
    public long? RefusesFrom { get; set; }

    /// <summary>What it was told of broken journals.</summary>
    public ConcurrentQueue<(long At, string Reason)> Broken { get; } = new();

    /// <summary>What it would say is the last line, whatever it has.</summary>
    public long? SaysThrough { get; set; }

    public int UsesMax { get; set; } = 3;

    public IReadOnlyList<EdgeJournalEntry> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines.Select(line => JsonSerializer.Deserialize<EdgeJournalEntry>(line, JsonSerializerOptions.Web)!)];
            }
        }
    }

    public static async Task<BreakGlassStandIn> StartAsync(TimeProvider clock)
    {
        var standIn = new BreakGlassStandIn(clock);
        await standIn.RunAsync();
        return standIn;
    }

    /// <summary>Forgets lines, as one that was put back to an earlier time.</summary>
    public void ForgetFrom(int line)
    {
        lock (gate)
        {
            lines.RemoveRange(line - 1, lines.Count - line + 1);
        }
    }

    public string Issue(JsonWebKey holder, Func<EmergencyCapability, EmergencyCapability>? change = null, ECDsaSecurityKey? by = null)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var capability = new EmergencyCapability(
            Guid.NewGuid().ToString(), Issuer, "radiology", new CapabilityHolder(CapabilityHolder.Person, "ada"),
            "emergency-reader", "physician", TimeSpan.FromHours(4), UsesMax, holder, [], now, now.AddHours(8));
        return CapabilityTokens.Sign(change?.Invoke(capability) ?? capability, by ?? signing);
    }

    /// <summary>One that lacks a claim, signed all the same.</summary>
    public string Issue(JsonWebKey holder, string without)
    {
        string[] parts = Issue(holder).Split('.');
        JsonObject claims = JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!.AsObject();
        claims.Remove(without).ShouldBeTrue();
        string text = $"{parts[0]}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";
        return $"{text}.{Base64UrlEncoder.Encode(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        key.Dispose();
    }

    private async Task RunAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Use((context, next) =>
        {
            Interlocked.Increment(ref asked);
            context.Response.Headers.Date = (clock.GetUtcNow() + ClockAhead).ToString("R");
            return IsAway ? Away(context) : next(context);
        });
        app.MapPost("/oauth/token", () => Results.Json(new { access_token = "token", expires_in = 300 }));
        app.MapGet("/.well-known/emergency-capabilities/jwks.json", () => Results.Content(Jwks(), "application/json"));
        app.MapGet("/emergency-capabilities/revoked", () => Results.Json(new { revoked = Revoked }));
        app.MapPost("/emergency-capabilities", (JsonObject body) => Capability(body, CapabilityHolder.Person, "ada"));
        app.MapPost(
            "/emergency-capabilities/stations/{station}",
            (string station, JsonObject body) => Capability(body, CapabilityHolder.Station, station));
        app.MapPost("/edge-journals/radiology/lines", (JsonObject body) => Take(body["from"]!.GetValue<long>(), body["lines"]!.AsArray()));
        app.MapPost("/edge-journals/radiology/broken", (JsonObject body) =>
        {
            Broken.Enqueue((body["at"]!.GetValue<long>(), body["reason"]!.GetValue<string>()));
            return Results.NoContent();
        });
        await app.StartAsync();
        Address = new Uri(app.Urls.Single() + "/");
    }

    private static Task Away(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private string Jwks()
    {
        JsonWebKey known = CapabilityTokens.PublicKeyOf(key);
        return JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", x = known.X, y = known.Y, kid = signing.KeyId, use = "sig" } },
        });
    }

    private IResult Capability(JsonObject body, string kind, string holder)
    {
        string id = Guid.NewGuid().ToString();
        DateTimeOffset expires = clock.GetUtcNow().AddHours(8);
        string capability = Issue(
            new JsonWebKey(body["key"]!.ToJsonString()),
            known => known with
            {
                Id = id, Holder = new CapabilityHolder(kind, holder), Edge = body["edge"]!.GetValue<string>(), Expires = expires,
            });
        return Results.Json(new { capability, id, expires, uses = UsesMax }, statusCode: 201);
    }

    private IResult Take(long from, JsonArray given)
    {
        lock (gate)
        {
            if (given.Count > 0 && from > lines.Count + 1)
            {
                return Refused("journal_gap");
            }

            foreach (string line in given.Select(line => line!.GetValue<string>()).Skip((int)Math.Max(0, lines.Count - from + 1)))
            {
                string previous = lines.Count == 0 ? EdgeJournalEntry.Genesis : EdgeJournalEntry.HashOf(Encoding.UTF8.GetBytes(lines[^1]));
                if (lines.Count + 1 >= RefusesFrom
                    || EdgeJournalEntry.Read(Encoding.UTF8.GetBytes(line), lines.Count + 1, previous) is null)
                {
                    return Refused("journal_broken");
                }

                lines.Add(line);
            }

            return Results.Json(new { through = SaysThrough ?? lines.Count, ended = Ended });
        }
    }

    private IResult Refused(string code) =>
        Results.Json(new { type = $"urn:accessgov:break-glass:{code}", expected = lines.Count + 1 }, statusCode: 409);
}
