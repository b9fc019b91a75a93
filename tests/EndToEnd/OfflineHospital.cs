using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AccessGov.Client;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EndToEnd;

/// <summary>
/// AccessGov with a database server of its own, a ward's network with an archive behind nginx and an edge, a clinician whose program holds a
/// capability, and a mail server for whoever is to be told.
/// </summary>
internal sealed class OfflineHospital : IAsyncDisposable
{
    public const string Patient = "1CT1";
    public const string CtUid = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322";
    public const string OtherUid = "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457";
    public const string Ct = $"dicom-web/studies/{CtUid}";
    private static readonly Uri Console = new("http://127.0.0.1:7000");

    private const string Policy = """
        @id("ward")
        permit (
            principal in Reader::"ward-physician",
            action in [Action::"study.view", Action::"study.search", Action::"study.retrieve", Action::"study.read-metadata"],
            resource
        );
        @id("emergency")
        permit (principal in Reader::"emergency-reader", action in [Action::"study.view", Action::"study.search"], resource);
        """;

    private AccessGovProcesses? services;
    private PostgresServer? postgres;

    public AccessGovProcesses Services => services!;

    public PostgresServer Postgres => postgres!;

    public BreakGlassProcess BreakGlass { get; } = new();

    public EdgeSite Site { get; } = new();

    public HeldCapability Held { get; } = new(new HeldCapabilitySettings(EdgeSite.Edge), TimeProvider.System);

    public MailServer Mail { get; } = new();

    /// <param name="settings">More settings of PolicyDecision and IdentityFederation.</param>
    public async Task StartAsync(params (string Name, string Value)[] settings)
    {
        postgres = await PostgresServer.StartPrivateAsync();
        services = new AccessGovProcesses { Server = postgres };
        var given = settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
        given["PolicyDecision__DirectPublication"] = "true";
        given["PolicyDecision__ForwardAuth__TrustedProxies__1"] = "127.0.0.0/8";
        await services.StartAsync(Console, given);
        await Mail.StartAsync();
        await BreakGlass.StartAsync(services, BreakGlassSettings());
        await PrepareAsync();
        await Site.StartAsync(services, BreakGlass);
    }

    public Task<string> SignInAsync() => Services.TokenAsync("viewer", "ada", "emergency-access.invoke", "images.open");

    public async Task RenewAsync(string token)
    {
        using var asking = new HttpClient { BaseAddress = BreakGlass.Address };
        asking.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        CapabilityFault? fault = null;
        try
        {
            await Eventually.HoldsAsync(async () => (fault = await Held.RenewAsync(asking)) is null, "a capability is held");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}: {fault}", late);
        }
    }

    /// <summary>The emergency button.</summary>
    public async Task<EmergencyImages> UseAsync()
    {
        (EmergencyImages? images, CapabilityFault? fault) =
            await Held.UseAsync(Site.Images, new WantedImages(Patient, "ETREAT", "Unconscious after a fall"));
        return images.ShouldNotBeNull(fault?.Code);
    }

    public async Task EndAsync(EmergencyImages images)
    {
        using var end = new HttpRequestMessage(HttpMethod.Post, "emergency-access/end");
        end.Headers.Add("AccessGov-Emergency-Access", images.Access);
        using HttpResponseMessage ended = await Site.Images.SendAsync(end);
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>Asks the archive through nginx, as a viewer does.</summary>
    public async Task<HttpResponseMessage> AskAsync(string path, string? access = null, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (access is not null)
        {
            request.Headers.Add("AccessGov-Emergency-Access", access);
        }

        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await Site.Images.SendAsync(request);
    }

    /// <summary>The case, as soon as it is there.</summary>
    public async Task<JsonNode> CaseAsync(string id)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return (found = await BreakGlass.GetAsync($"emergency-cases/{id}")) is not null;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, $"case {id} is there: {Site.Output}", 2 * Eventually.Bound);
        return found!;
    }

    /// <summary>The mails about a case, as text: soft line breaks (RFC 2045) are taken out.</summary>
    public async Task<string[]> LettersAsync(string id) =>
    [
        .. (await Mail.ReadAsync()).Select(letter => letter.ReplaceLineEndings("\n").Replace("=\n", "", StringComparison.Ordinal))
            .Where(letter => letter.Contains(id, StringComparison.Ordinal)),
    ];

    /// <summary>The banner with the time, the mark and the watermark of this emergency access reach the viewer with the images.</summary>
    public static void ShouldObligeTheViewer(HttpResponseMessage image, EmergencyImages images)
    {
        JsonNode[] told = [.. JsonNode.Parse(image.Headers.GetValues("AccessGov-Obligations").Single())!.AsArray().Select(one => one!)];
        told.Select(one => one["id"]!.GetValue<string>()).ShouldBe(["emergency-banner@1", "emergency-mark@1", "emergency-watermark@1"]);
        JsonNode[] properties = [.. told.Select(one => one["properties"]!)];
        (properties[0]["until"]!.GetValue<DateTimeOffset>() - images.Until).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(1));
        properties[0]["case"]!.GetValue<string>().ShouldBe(images.Id);
        properties[1]["purpose_of_use"]!.GetValue<string>().ShouldBe("BTG");
        properties[2]["text"]!.GetValue<string>().ShouldStartWith("EMERGENCY ACCESS ");
        properties[2]["text"]!.GetValue<string>().ShouldEndWith(images.Id);
    }

    /// <summary>Takes PolicyDecision's database away, and no one else's: its login ends, and its connections do.</summary>
    public Task TakeDatabaseAsync() => ExecuteAsync(
        "alter role %I nologin", "select pg_terminate_backend(pid) from pg_stat_activity where usename like 'policy\\_decision\\_%'");

    public Task GiveDatabaseBackAsync() => ExecuteAsync("alter role %I login");

    public async ValueTask DisposeAsync()
    {
        Held.Dispose();
        await Site.DisposeAsync();
        await BreakGlass.DisposeAsync();
        await Mail.DisposeAsync();
        await (services?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private Dictionary<string, string> BreakGlassSettings()
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [$"BreakGlass__Offline__Edges__{EdgeSite.Edge}"] = "edge", ["BreakGlass__Alerts__Audiences__security__0"] = "soc",
            ["BreakGlass__Alerts__Audiences__compliance__0"] = "compliance", ["BreakGlass__Alerts__Channels__soc__Kind"] = "Mail",
            ["BreakGlass__Alerts__Channels__soc__To"] = "soc@hospital.test", ["BreakGlass__Alerts__Channels__compliance__Kind"] = "Mail",
            ["BreakGlass__Alerts__Channels__compliance__To"] = "compliance@hospital.test",
        };
        foreach ((string name, string? value) in Mail.Settings)
        {
            given[name.Replace(":", "__", StringComparison.Ordinal)] = value!;
        }

        return given;
    }

    private async Task PrepareAsync()
    {
        await Services.SendAsync(HttpMethod.Put, "/sites/north", new
        {
            name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } },
        });
        await Services.SendAsync(HttpMethod.Put, "/roles/ward-physician", new { description = "Looks after the ward" });
        await Services.SendAsync(HttpMethod.Put, "/roles/emergency-reader", new
        {
            description = "Taken in an emergency", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } },
        });
        await Services.SendAsync(
            HttpMethod.Post, "/policy-sets/hospital/versions",
            new { files = new[] { new { name = "a.cedar", text = Policy } }, comment = "Emergencies." });
        await Services.SendAsync(HttpMethod.Post, "/studies/import", new
        {
            studies = new[] { new { studyInstanceUid = CtUid, patientId = Patient, department = "ward", modality = new[] { "CT" } } },
        });
        await Services.EnrolAsync(app: false, "ada");
        await EmergencyHospital.GrantWardAsync(Services, await EmergencyHospital.IdOfAsync(Services, "ada"));
    }

    /// <summary>Runs a statement for PolicyDecision's login role, and then another.</summary>
    private async Task ExecuteAsync(string ofRole, string then = "select 1")
    {
        await using var connection = new NpgsqlConnection(Services.Superuser);
        await connection.OpenAsync();
        await using var execute = new NpgsqlCommand(
            $"""
            do $$ declare one text; begin
                for one in select rolname from pg_roles where rolname like 'policy\_decision\_%' loop
                    execute format('{ofRole}', one);
                end loop;
            end $$;
            {then}
            """, connection);
        await execute.ExecuteNonQueryAsync();
    }
}
