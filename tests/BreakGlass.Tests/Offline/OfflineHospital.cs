using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.Offline;
using AccessGov.EmergencyCapabilities;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>A service that promises emergency access, and an edge whose journal the test writes.</summary>
public sealed class OfflineHospital : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>The client of the edges: the one that all tokens of tests are issued to.</summary>
    public const string Client = "tests";

    private readonly string keyFile = Path.GetTempFileName();
    private readonly List<ECDsa> keys = [];

    public BreakGlassHost Host { get; private set; } = null!;

    public static async Task<OfflineHospital> StartAsync(params (string Name, string? Value)[] given)
    {
        var hospital = new OfflineHospital();
        await hospital.CreateAsync(given);
        return hospital;
    }

    public Task InitializeAsync() => CreateAsync([]);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        keys.ForEach(key => key.Dispose());
        File.Delete(keyFile);
    }

    internal ECDsa NewKey()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys.Add(key);
        return key;
    }

    internal static object Jwk(ECDsa key)
    {
        JsonWebKey jwk = CapabilityTokens.PublicKeyOf(key);
        return new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y };
    }

    /// <summary>A capability of somebody, with the key that uses it.</summary>
    internal async Task<Promised> PromiseAsync(string person, string edge = "radiology")
    {
        ECDsa key = NewKey();
        using HttpResponseMessage answer = await Host.PostAsync("/emergency-capabilities", person, new { edge, key = Jwk(key) });
        return await PromisedAsync(answer, key, edge);
    }

    internal async Task<Promised> PromiseStationAsync(string station, string edge = "radiology")
    {
        ECDsa key = NewKey();
        using HttpResponseMessage answer =
            await Host.PostAsync($"/emergency-capabilities/stations/{station}", Client, new { edge, key = Jwk(key) });
        return await PromisedAsync(answer, key, edge);
    }

    internal Task<HttpResponseMessage> SendLinesAsync(long from, IEnumerable<string> lines, string edge = "radiology") =>
        Host.PostAsync($"/edge-journals/{edge}/lines", Client, new { from, lines });

    /// <summary>Hands the journal over, as many lines at once as the service takes.</summary>
    internal async Task<JsonNode> MergeAsync(EdgeJournal journal, long from = 1)
    {
        JsonNode taken;
        do
        {
            using HttpResponseMessage answer =
                await SendLinesAsync(from, journal.Lines.Skip((int)from - 1).Take(MergeEdgeJournal.LinesMax), journal.Edge);
            string text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            taken = JsonNode.Parse(text)!;
            from += MergeEdgeJournal.LinesMax;
        }
        while (from <= journal.Lines.Count);
        return taken;
    }

    internal Task<JsonNode> CaseAsync(string id) => Host.GetAsync($"/emergency-cases/{id}", "eva");

    /// <summary>What a run of lines said was refused.</summary>
    internal async Task<EmergencyCapabilityRefused[]> RefusedAsync(long from) =>
        [.. (await EventsAsync(RefusalRun.Streams.StreamId(RefusalRun.IdOf("radiology", from)))).Cast<EmergencyCapabilityRefused>()];

    internal async Task<object[]> EventsAsync(string stream) =>
        [.. (await Host.Store.LoadAsync(stream)).Events.Select(stored => stored.Data)];

    internal async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Host.Superuser);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand(sql, connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static async Task<Promised> PromisedAsync(HttpResponseMessage answer, ECDsa key, string edge)
    {
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        JsonNode promised = JsonNode.Parse(text)!;
        return new Promised(
            promised["capability"]!.GetValue<string>(), promised["id"]!.GetValue<string>(), edge, key, promised["uses"]!.GetValue<int>());
    }

    private async Task CreateAsync((string Name, string? Value)[] given)
    {
        using (var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(keyFile, signing.ExportPkcs8PrivateKeyPem());
        }

        Host = await BreakGlassHost.StartAsync(
        [
            ("BreakGlass:Offline:Issuer", "https://break-glass.test/"), ("BreakGlass:Offline:KeyFiles:0", keyFile),
            ("BreakGlass:Offline:Edges:radiology", Client), ("BreakGlass:Offline:Edges:others", "another-client"),
            ("BreakGlass:Offline:Stations:shock-room:ClientId", Client),
            ("BreakGlass:Offline:Stations:shock-room:Role", "emergency-reader"),
            ("BreakGlass:Offline:Stations:shock-room:InvokerRole", "emergency-physician"),
            ("BreakGlass:Offline:Stations:theirs:ClientId", "another-client"),
            ("BreakGlass:Offline:Stations:theirs:Role", "emergency-reader"),
            ("BreakGlass:Offline:Stations:theirs:InvokerRole", "emergency-physician"), .. given,
        ]);
    }
}

/// <summary>A capability with the key of whoever holds it.</summary>
internal sealed record Promised(string Text, string Id, string Edge, ECDsa Key, int Uses)
{
    public EmergencyUse Use(string patient, DateTimeOffset at, string? saidToBe = null, bool practice = false) => new(
        Guid.CreateVersion7(), Id, Edge, patient, "ETREAT", "Unconscious", saidToBe, practice,
        DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()));

    public string Sign(EmergencyUse use) => UseTokens.Sign(use, Key);
}

/// <summary>The journal of an edge.</summary>
internal sealed class EdgeJournal(string edge = "radiology")
{
    private string previous = EdgeJournalEntry.Genesis;

    public string Edge => edge;

    public List<string> Lines { get; } = [];

    public EdgeJournal Started(DateTimeOffset at) => Add(new(0, "", at, EdgeEntryKinds.Started));

    public EdgeJournal Used(EmergencyUse use, string capability, string text, DateTimeOffset? at = null) =>
        Add(new(0, "", at ?? use.At, EdgeEntryKinds.Used, use.Id.ToString(), capability, text, Address: "10.0.0.7"));

    public EdgeJournal Used(Promised promised, EmergencyUse use, DateTimeOffset? at = null) =>
        Used(use, promised.Text, promised.Sign(use), at);

    public EdgeJournal Opened(EmergencyUse use, string action, string? study, DateTimeOffset at) =>
        Add(new(0, "", at, EdgeEntryKinds.Accessed, use.Id.ToString(), Action: action, Study: study, Address: "10.0.0.7"));

    public EdgeJournal Ended(EmergencyUse use, string reason, DateTimeOffset at) =>
        Add(new(0, "", at, EdgeEntryKinds.Ended, use.Id.ToString(), Reason: reason));

    public EdgeJournal Refused(string code, DateTimeOffset at) =>
        Add(new(0, "", at, EdgeEntryKinds.Refused, Reason: code, Address: "10.0.0.9"));

    public EdgeJournal Add(EdgeJournalEntry entry)
    {
        byte[] line = (entry with { Sequence = Lines.Count + 1, Previous = previous }).ToLine();
        previous = EdgeJournalEntry.HashOf(line);
        Lines.Add(Encoding.UTF8.GetString(line));
        return this;
    }
}
