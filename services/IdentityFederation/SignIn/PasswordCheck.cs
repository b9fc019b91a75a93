using System.Security.Cryptography;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.People;
using Microsoft.AspNetCore.Identity;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Whether a user name and a password belong together. Nobody learns whether there is such a person, whether they are active, or have a
/// password at all: the answer is the same, and one hash is computed each time.
/// </summary>
internal sealed class PasswordCheck(
    PersonDirectory people, AccountSecrets secrets, IPasswordHasher<PasskeyOwner> hasher, SignInGuard guard, SignInFailures failures,
    KnownDevices devices, HomeRealms realms, ILogger<PasswordCheck> logger)
{
    /// <summary>A hash of what nobody knows, for whoever has none.</summary>
    private readonly Lazy<string> nobodys = new(() => hasher.HashPassword(new("", ""), RandomNumberGenerator.GetHexString(64)));

    /// <param name="Person">Who it is; null when it is nobody.</param>
    /// <param name="Wait">How long to wait where there were too many failures.</param>
    public sealed record Answer(string? Person, TimeSpan? Wait);

    public async Task<Answer> CheckAsync(HttpContext http, string userName, string password)
    {
        CancellationToken cancellation = http.RequestAborted;
        string hashOfNobody = nobodys.Value;
        bool isName = Identifiers.IsForeign(userName);
        PersonDirectory.Entry? person = isName ? await people.FindByUserNameAsync(userName, cancellation) : null;

        // Counted by the name as the directory compares names, whether somebody has it or not: another spelling is the same name for both.
        SignInGuard.Attempt attempt = guard.OfPassword(
            isName ? await people.KeyOfAsync(userName, cancellation) : "", http,
            person is null ? null : devices.Of(http, person.Id));
        if (await guard.BeginAsync(attempt, cancellation) is { } wait)
        {
            Log.HeldBack(logger, person?.Id ?? Log.Unknown, attempt.Network);
            await failures.RecordAsync(person?.Id, SignInFailures.HeldBack, http.Connection.RemoteIpAddress, CancellationToken.None);
            return new Answer(null, wait);
        }

        string? hash = await secrets.FindPasswordAsync(person?.Id ?? "", cancellation);
        bool tooLong = password.Length > 2 * PasswordRules.LengthMax;
        string shown = tooLong ? "" : password;
        bool right = hasher.VerifyHashedPassword(new("", ""), hash ?? hashOfNobody, shown) != PasswordVerificationResult.Failed;
        bool elsewhere = person is not null && realms.ProviderIsRequired(person.Organisation);
        if (!right || tooLong || hash is null || elsewhere || person is not { Active: true, Suspended: false })
        {
            Log.Failed(logger, "password", person?.Id ?? Log.Unknown, attempt.Network);
            await failures.RecordAsync(person?.Id, SignInFailures.Password, http.Connection.RemoteIpAddress, CancellationToken.None);
            return new Answer(null, null);
        }

        await guard.SucceededAsync(attempt, cancellation);
        return new Answer(person.Id, null);
    }
}
