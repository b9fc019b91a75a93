using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>
/// Who is told in tests: security by a real mail server and then by a webhook, compliance by a webhook, unless a test says otherwise.
/// </summary>
internal sealed class AlertReceivers : IAsyncLifetime
{
    public static readonly string Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef01234567"));
    private readonly string secretFile = Path.GetTempFileName();

    public MailServer Mail { get; } = new();

    public WebhookReceiver Webhook { get; } = new();

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(secretFile, $"whsec_{Secret}\n");
        await Mail.StartAsync();
        await Webhook.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Mail.DisposeAsync();
        await Webhook.DisposeAsync();
        File.Delete(secretFile);
    }

    /// <summary>What the webhook was told of one kind.</summary>
    public JsonNode[] Hooked(string kind) =>
        [.. Webhook.Taken.Select(post => JsonNode.Parse(post.Body)!)
            .Where(body => body["type"]!.GetValue<string>() == $"emergency_access.{kind}")];

    /// <summary>The mails with a subject.</summary>
    public async Task<string[]> MailedAsync(string subject) =>
        [.. (await Mail.ReadAsync()).Where(letter => letter.Contains($"Subject: {subject}", StringComparison.Ordinal))];

    public Task<BreakGlassHost> StartAsync(params (string Name, string? Value)[] more) => BreakGlassHost.StartAsync([.. Settings, .. more]);

    public IEnumerable<(string Name, string? Value)> Settings =>
    [
        .. Mail.Settings,
        ("BreakGlass:Alerts:ConsoleUrl", "https://console.test/"),
        ("BreakGlass:Alerts:Audiences:security:0", "soc-mail"), ("BreakGlass:Alerts:Audiences:security:1", "security-hook"),
        ("BreakGlass:Alerts:Audiences:compliance:0", "compliance-hook"),
        .. MailTo("soc-mail", "soc@hospital.test"), .. Hook("security-hook"), .. Hook("compliance-hook"),
    ];

    public static (string Name, string? Value)[] MailTo(string channel, string address) =>
        [($"BreakGlass:Alerts:Channels:{channel}:Kind", "Mail"), ($"BreakGlass:Alerts:Channels:{channel}:To", address)];

    /// <summary>A step of a case's history about a channel, as soon as it is there.</summary>
    public static async Task<JsonNode> HistoryAsync(BreakGlassHost host, string id, string name, string channel)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            async () => (found = (await host.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray().FirstOrDefault(step =>
                step!["name"]!.GetValue<string>() == name && step["data"]!["channel"]!.GetValue<string>() == channel)) is not null,
            $"{name} of {channel} is in the history");
        return found!;
    }

    private (string Name, string? Value)[] Hook(string name) =>
    [
        ($"BreakGlass:Alerts:Channels:{name}:Kind", "Webhook"), ($"BreakGlass:Alerts:Channels:{name}:Url", Webhook.Address.AbsoluteUri),
        ($"BreakGlass:Alerts:Channels:{name}:SecretFile", secretFile),
    ];
}
