using System.Security.Cryptography;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;
using Microsoft.AspNetCore.Identity;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Registers and checks passkeys with the framework's WebAuthn; the challenge waits in a sealed cookie, for one answer and a short time.
/// </summary>
internal sealed class Passkeys(
    IPasskeyHandler<PasskeyOwner> handler, AccountCommands accounts, PersonDirectory people, SealedCookies cookies, SpentChallenges spent,
    SignInFailures failures, ILogger<Passkeys> logger)
{
    private const string Cookie = "passkey";
    
    // The browser gives up before (IdentityPasskeyOptions.AuthenticatorTimeout).
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(3);

    private static readonly Refusal NotAccepted = new(
        "passkey_refused", "The passkey was not accepted: try again, or sign in another way.");

    private sealed record Challenge(string Id, string State, string? Person)
    {
        public static Challenge New(string state, string? person) =>
            new(RandomNumberGenerator.GetHexString(32, lowercase: true), state, person);
    }

    /// <param name="Person">Whose it is; null when it was not accepted.</param>
    /// <param name="Methods">What it amounts to.</param>
    /// <param name="Refusal">Why not.</param>
    public sealed record Shown(string? Person, IReadOnlyList<string> Methods, Refusal? Refusal);

    /// <summary>What the browser is to ask a new passkey of; JSON.</summary>
    public async Task<string> CreationAsync(HttpContext http, string person)
    {
        PersonProfile profile = (await people.FindAsync(person, http.RequestAborted))!.Profile;
        PasskeyCreationOptionsResult made = await handler.MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = person, Name = profile.UserName, DisplayName = profile.DisplayName ?? profile.UserName }, http);
        cookies.Write(http, Cookie, Challenge.New(made.AttestationState!, person), Lasts);
        return made.CreationOptionsJson;
    }

    /// <summary>Registers the passkey that the browser answers with.</summary>
    public async Task<Refusal?> RegisterAsync(HttpContext http, string person, string credential, string name, bool onlyFirst)
    {
        if (Take(http) is not { } challenge || challenge.Person != person)
        {
            return NotAccepted;
        }

        PasskeyAttestationResult result = await handler.PerformAttestationAsync(
            new() { HttpContext = http, CredentialJson = credential, AttestationState = challenge.State });
        if (!result.Succeeded || result.UserEntity.Id != person || !await spent.SpendAsync(challenge.Id, Lasts, http.RequestAborted))
        {
            return NotAccepted;
        }

        UserPasskeyInfo passkey = result.Passkey;
        string id = System.Buffers.Text.Base64Url.EncodeToString(passkey.CredentialId);
        return await accounts.RunAsync(
            http, person, state => AccountRules.RegisterPasskey(state, id, passkey.IsBackupEligible, onlyFirst, accounts.Now),
            AccountSecrets.SetPasskey(person, passkey, name));
    }

    /// <summary>What the browser is to ask a passkey; JSON.</summary>
    /// <param name="http">The request.</param>
    /// <param name="person">Whose; anybody's when null: the passkey says who it is.</param>
    public async Task<string> RequestAsync(HttpContext http, string? person)
    {
        PasskeyOwner? owner = person is not null && await people.FindAsync(person, http.RequestAborted) is { } known
            ? new PasskeyOwner(known.Id, known.Profile.UserName)
            : null;
        PasskeyRequestOptionsResult made = await handler.MakeRequestOptionsAsync(owner, http);
        cookies.Write(http, Cookie, Challenge.New(made.AssertionState!, person), Lasts);
        return made.RequestOptionsJson;
    }

    /// <summary>Checks what the browser answers with.</summary>
    public async Task<Shown> CheckAsync(HttpContext http, string credential, string? person)
    {
        Challenge? challenge = Take(http);
        PasskeyAssertionResult<PasskeyOwner>? result = challenge is null || challenge.Person != person ? null : await handler.PerformAssertionAsync(
            new() { HttpContext = http, CredentialJson = credential, AssertionState = challenge.State });
        if (result is not { Succeeded: true, Passkey: { IsUserVerified: true } passkey, User: { } owner } || (person is not null && owner.Id != person)
            || await people.FindAsync(owner.Id, http.RequestAborted) is not { Active: true, Suspended: false }
            || !await spent.SpendAsync(challenge!.Id, Lasts, http.RequestAborted))
        {
            Log.Failed(logger, "passkey", result?.User?.Id ?? Log.Unknown, SignInGuard.NetworkOf(http.Connection.RemoteIpAddress ?? System.Net.IPAddress.None));
            await failures.RecordAsync(
                result?.User?.Id ?? person, SignInFailures.Passkey, http.Connection.RemoteIpAddress, CancellationToken.None);
            return new Shown(null, [], NotAccepted);
        }

        string id = System.Buffers.Text.Base64Url.EncodeToString(passkey.CredentialId);
        Refusal? refused = await accounts.RunAsync(
            http, owner.Id, state => AccountRules.UsePasskey(state, id, passkey.SignCount), AccountSecrets.UsePasskey(owner.Id, passkey, accounts.Now));

        // One that may be on several devices is a key in software; the person was verified at it, so that it is two factors in one (RFC
        // 8176).
        return refused is not null
            ? new Shown(null, [], refused)
            : new Shown(owner.Id, [passkey.IsBackupEligible ? "swk" : "hwk", "user", "mfa", "phr"], null);
    }

    private Challenge? Take(HttpContext http)
    {
        Challenge? challenge = cookies.Read<Challenge>(http, Cookie);
        cookies.Delete(http, Cookie);
        return challenge;
    }
}
