using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>Holds back what groups permit from whoever lacks a clearance that the hospital requires for it.</summary>
internal sealed partial class ClearanceGate(IOptions<IdentityFederationOptions> options, ILogger<ClearanceGate> logger)
{
    /// <summary>The kinds that somebody lacks, of those that are required.</summary>
    /// <param name="valid">The kinds that count for them today.</param>
    public string[] LackingOf(IReadOnlyList<string> valid) =>
        [.. options.Value.RequiredClearances.Except(valid, StringComparer.Ordinal)];

    /// <summary>Says in the log why somebody got less than their groups permit.</summary>
    public void Held(string person, string client, IReadOnlyList<string> lacking) =>
        HeldBack(person, client, string.Join(' ', lacking));

    [LoggerMessage(
        Level = LogLevel.Warning, EventName = "scopes_held_back",
        Message = "Person {Person} got none of the scopes of their groups for client {Client}: no valid clearance on file ({Kinds})")]
    private partial void HeldBack(string person, string client, string kinds);

    /// <summary>A kind that is misspelt would lock everybody out, or nobody.</summary>
    public sealed class KnownKinds : IValidateOptions<IdentityFederationOptions>
    {
        public ValidateOptionsResult Validate(string? name, IdentityFederationOptions options) =>
            options.RequiredClearances.Except(Clearance.Kinds, StringComparer.Ordinal).ToArray() is [var unknown, ..]
                ? ValidateOptionsResult.Fail(
                    $"{IdentityFederationOptions.Section}:{nameof(options.RequiredClearances)} names {unknown}: "
                    + $"the kinds of clearances are {string.Join(", ", Clearance.Kinds)}.")
                : ValidateOptionsResult.Success;
    }
}
