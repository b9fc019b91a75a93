using AccessGov.IdentityFederation.People;
using Microsoft.AspNetCore.Identity;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>A person, as the framework's passkeys know them.</summary>
internal sealed record PasskeyOwner(string Id, string UserName);

/// <summary>
/// What the framework's passkeys ask of a store of users. It only reads: what changes an account is a command with an event, and the framework writes nothing
/// of its own accord when it checks a passkey.
/// </summary>
internal sealed class PasskeyOwners(PersonDirectory people, AccountSecrets secrets) : IUserPasskeyStore<PasskeyOwner>
{
    public Task<string> GetUserIdAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserName);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyOwner user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserName);

    public async Task<PasskeyOwner?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        await people.FindAsync(userId, cancellationToken) is { } person ? new PasskeyOwner(person.Id, person.Profile.UserName) : null;

    public async Task<PasskeyOwner?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        await people.FindByUserNameAsync(normalizedUserName, cancellationToken) is { } person ? new PasskeyOwner(person.Id, person.Profile.UserName) : null;

    public async Task<PasskeyOwner?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await secrets.OwnerOfAsync(credentialId, cancellationToken) is { } person ? await FindByIdAsync(person, cancellationToken) : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyOwner user, CancellationToken cancellationToken) =>
        [.. (await secrets.PasskeysAsync(user.Id, cancellationToken)).Select(passkey => passkey.Known)];

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await GetPasskeysAsync(user, cancellationToken)).FirstOrDefault(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));

    public Task AddOrUpdatePasskeyAsync(PasskeyOwner user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task RemovePasskeyAsync(PasskeyOwner user, byte[] credentialId, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task SetUserNameAsync(PasskeyOwner user, string? userName, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task SetNormalizedUserNameAsync(PasskeyOwner user, string? normalizedName, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<IdentityResult> CreateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<IdentityResult> UpdateAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw ReadsOnly();

    public Task<IdentityResult> DeleteAsync(PasskeyOwner user, CancellationToken cancellationToken) => throw ReadsOnly();

    public void Dispose()
    {
        // Nothing is held.
    }

    private static NotSupportedException ReadsOnly() => new("Accounts change by commands.");
}
