using AccessGov.IdentityFederation.Accounts;
using AccessGov.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>The service, as a hospital with a network of its own runs it.</summary>
public sealed class SignInHost : IAsyncLifetime
{
    private IdentityFederationHost? host;

    public IdentityFederationHost Host => host!;

    internal MovedClock Clock { get; } = new();

    /// <summary>How many hashes were computed to compare.</summary>
    internal CountingHasher Hasher { get; } = new();

    public async Task InitializeAsync() => host = await IdentityFederationHost.StartAsync(
        settings: SignInBrowser.Settings, clock: Clock, configure: services => services.AddSingleton<IPasswordHasher<PasskeyOwner>>(Hasher));

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Puts a person into the group whose members sign in with two factors.</summary>
    public Task IntoAdministratorsAsync(string person) => IntoGroupAsync(person, "administrators");

    /// <summary>Puts a person into a group whose members have these scopes.</summary>
    public async Task IntoGroupAsync(string person, string group, params string[] scopes)
    {
        await using NpgsqlConnection connection = new(Host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            insert into identity_federation.group_directory (id, organisation, display_name, display_name_key, version, scopes)
            values (@group, 'hospital', initcap(@group), @group, 1, @scopes) on conflict do nothing;
            insert into identity_federation.group_member (group_id, person) values (@group, @person)
            """, connection);
        command.Parameters.AddWithValue("group", group);
        command.Parameters.AddWithValue("scopes", scopes);
        command.Parameters.AddWithValue("person", person);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The real one, counted.</summary>
    internal sealed class CountingHasher : IPasswordHasher<PasskeyOwner>
    {
        private readonly PasswordHasher<PasskeyOwner> real = new();
        private int verified;

        public int Verified => Volatile.Read(ref verified);

        public string HashPassword(PasskeyOwner user, string password) => real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(PasskeyOwner user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref verified);
            return real.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
