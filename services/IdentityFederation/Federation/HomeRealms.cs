using AccessGov.IdentityFederation.Organisations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// Which identity provider somebody signs in at. It goes by the domain of the name that they type, which is public, and not by the name,
/// which is nobody's business: whether there is such a person is not told.
/// </summary>
internal sealed class HomeRealms(NpgsqlDataSource database, IOptions<IdentityProvidersOptions> options)
{
    private readonly SortedDictionary<string, IdentityProviderOptions> providers = new(options.Value, StringComparer.Ordinal);

    /// <summary>Those that the sign-in page names.</summary>
    public IReadOnlyList<(string Name, string DisplayName)> Shown =>
        [.. providers.Where(provider => provider.Value.ShowOnSignInPage).Select(provider => (provider.Key, provider.Value.DisplayName))];

    /// <summary>Whether there are any.</summary>
    public bool Any => providers.Count > 0;

    /// <param name="Provider">Its name.</param>
    /// <param name="IsRequired">Whether people of the organisation sign in there only.</param>
    public sealed record Realm(string Provider, bool IsRequired);

    /// <summary>Where whoever has this name signs in; null when their organisation has no provider, or the name has no domain.</summary>
    public async Task<Realm?> FindAsync(string userName, CancellationToken cancellation) =>
        Any && DomainOf(userName) is { } domain && await OrganisationOfAsync(domain, cancellation) is { } organisation
        && providers.FirstOrDefault(provider => provider.Value.Organisation == organisation).Key is { } provider
            ? new Realm(provider, ProviderIsRequired(organisation))
            : null;

    /// <summary>Whether people of an organisation sign in at their provider only.</summary>
    public bool ProviderIsRequired(string organisation)
    {
        IdentityProviderOptions[] theirs = [.. providers.Values.Where(provider => provider.Organisation == organisation)];
        return theirs.Length > 0 && !theirs.Any(provider => provider.AllowLocalAccounts);
    }

    /// <summary>Whether a name is in one of the domains of an organisation.</summary>
    public async Task<bool> IsOfAsync(string organisation, string userName, CancellationToken cancellation) =>
        DomainOf(userName) is { } domain && await OrganisationOfAsync(domain, cancellation) == organisation;

    private static string? DomainOf(string userName) =>
        userName.LastIndexOf('@') is > 0 and var at ? DefineOrganisation.DomainOf(userName[(at + 1)..].Trim()) : null;

    private async Task<string?> OrganisationOfAsync(string domain, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select organisation from organisation_domain where domain = $1");
        command.Parameters.Add(new() { Value = domain });
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }
}
