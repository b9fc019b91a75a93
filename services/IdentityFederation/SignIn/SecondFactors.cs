using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Checks what is typed as a second factor: a code of an authenticator app, or a recovery code. Both are one-time codes (otp).
/// </summary>
internal sealed class SecondFactors(
    AccountCommands accounts, AccountSecrets secrets, SignInGuard guard, SignInFailures failures, KnownDevices devices,
    ILogger<SecondFactors> logger)
{
    public static readonly Refusal WrongCode = new(
        "code_wrong", "This code is not right, or it was used already: wait for the next one and type that.");

    /// <summary>Null when it is right; otherwise why not.</summary>
    public Task<Refusal?> CheckCodeAsync(HttpContext http, string person, string code) => GuardedAsync(
        http, person,
        async () => await secrets.TakeCodeAsync(
            person, new string([.. code.Where(char.IsAsciiDigit)]), accounts.Now, http.RequestAborted) ? null : WrongCode);

    /// <summary>Null when it is right, and spent then; otherwise why not.</summary>
    public Task<Refusal?> CheckRecoveryCodeAsync(HttpContext http, string person, string code) => GuardedAsync(
        http, person, async () =>
        {
            Refusal? refused = await accounts.RunAsync(
                http, person, state => AccountRules.UseRecoveryCode(state, accounts.Now),
                AccountSecrets.SpendRecoveryCode(person, RecoveryCodes.Hash(person, code)));
            return refused is { Code: "credential_unknown" } ? WrongCode : refused;
        });

    private async Task<Refusal?> GuardedAsync(HttpContext http, string person, Func<Task<Refusal?>> check)
    {
        SignInGuard.Attempt attempt = guard.OfSecondFactor(person, http, devices.Of(http, person));
        if (await guard.BeginAsync(attempt, http.RequestAborted) is { } wait)
        {
            Log.HeldBack(logger, person, attempt.Network);
            await failures.RecordAsync(person, SignInFailures.HeldBack, http.Connection.RemoteIpAddress, CancellationToken.None);
            return PageRefusals.TooMany(wait);
        }

        Refusal? refusal = await check();
        if (refusal is null)
        {
            await guard.SucceededAsync(attempt, http.RequestAborted);
        }
        else
        {
            Log.Failed(logger, "second factor", person, attempt.Network);
            await failures.RecordAsync(person, SignInFailures.SecondFactor, http.Connection.RemoteIpAddress, CancellationToken.None);
        }

        return refusal;
    }
}
