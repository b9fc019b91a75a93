using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Policies;

/// <summary>The policy sets that PolicyDecision has.</summary>
internal sealed class PolicySets(HttpClient http)
{
    public sealed record SetNames(string Deciding, int? DecidingVersion, [property: System.Text.Json.Serialization.JsonPropertyName("policySets")] IReadOnlyList<string> Names);

    public sealed record PolicySet(string Name, int Version, string Hash, IReadOnlyList<SetVersion> Versions);

    public sealed record SetVersion(
        int Version, string Hash, string Comment, string? PublishedBy, DateTimeOffset PublishedAt, string? DraftId, string? ApprovedBy, bool Signed);

    public sealed record SetText(string Name, int Version, string Hash, string Comment, bool InForce, IReadOnlyList<PolicyFile> Files);

    public sealed record Controls(string Name, int Version, IReadOnlyList<Framework> Frameworks, IReadOnlyList<string> UnmappedRequirements);

    public sealed record Framework(string Name, [property: System.Text.Json.Serialization.JsonPropertyName("controls")] IReadOnlyList<Control> All);

    public sealed record Control(string Id, IReadOnlyList<string> Requirements, IReadOnlyList<ServingPolicy> Policies);

    public sealed record ServingPolicy(string Id, string Effect, string File, int Line);

    public Task<Answer<SetNames>> ListAsync(CancellationToken cancellation) => http.AskAsync<SetNames>("policy-sets", cancellation);

    public Task<Answer<PolicySet>> ReadAsync(string name, CancellationToken cancellation) => http.AskAsync<PolicySet>(PathOf(name), cancellation);

    public Task<Answer<SetText>> ReadTextAsync(string name, int version, CancellationToken cancellation) =>
        http.AskAsync<SetText>($"{PathOf(name)}/versions/{version}", cancellation);

    /// <summary>Which policies in force serve which control.</summary>
    public Task<Answer<Controls>> ReadControlsAsync(string name, CancellationToken cancellation) => http.AskAsync<Controls>($"{PathOf(name)}/controls", cancellation);

    /// <summary>The text in force.</summary>
    public async Task<Answer<SetText?>> ReadInForceAsync(string name, CancellationToken cancellation)
    {
        Answer<PolicySet> set = await ReadAsync(name, cancellation);
        if (!set.Given)
        {
            return new Answer<SetText?>(null, set.Refusal);
        }

        Answer<SetText> text = await ReadTextAsync(name, set.Value.Version, cancellation);
        return new Answer<SetText?>(text.Value, text.Refusal);
    }

    public Task<Answer<Done>> RollBackAsync(string name, int version, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(name)}/roll-back", new { version }, cancellation);

    private static string PathOf(string name) => $"policy-sets/{Uri.EscapeDataString(name)}";
}

/// <summary>A file of a policy set.</summary>
internal sealed record PolicyFile(string Name, string Text)
{
    /// <summary>The lines, without their ends; an end of the last line begins no further one.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            string[] lines = Text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
            return lines is [.., ""] ? lines[..^1] : lines;
        }
    }
}
