using System.Net;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Tells clients that sessions are over (Back-Channel Logout): at their configured address and nowhere else, again and again until they
/// have heard of it, less and less often, for three days at most. All replicas do; each notice is one's at a time.
/// </summary>
internal sealed class TellLogouts(
    LogoutNotices notices, Issuance issuance, IdTokens tokens, IEventStore store, WorkerStates states, TimeProvider clock,
    ILogger<TellLogouts> logger)
    : UnattendedWork("logout-notices", "Ended sessions cannot be looked for", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(3);

    // A redirect would lead to an address that nobody configured.
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = Patience,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    }) { Timeout = Patience };

    /// <summary>How long to wait after so many attempts: a second, then twice as long each time.</summary>
    public static TimeSpan PauseAfter(int attempts) =>
        attempts > 11 ? LongestPause : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Max(0, attempts - 1))));

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (issuance is { IsRead: true, Signs: true })
        {
            IReadOnlyList<LogoutNotices.Notice> due = await notices.TakeAsync(cancellation);
            await Task.WhenAll(due.Select(notice => TellAsync(notice, cancellation)));
        }

        return false;
    }

    private async Task TellAsync(LogoutNotices.Notice notice, CancellationToken cancellation)
    {
        if (issuance.Clients.GetValueOrDefault(notice.Client) is not { State.Definition.BackchannelLogoutUri: { } address } client)
        {
            await notices.ForgetAsync(notice, cancellation);
            return;
        }

        string? failure = issuance.SignerFor(client) is { } signer
            ? await HeardAsync(notice, address, signer, cancellation)
            : "nothing can be signed";
        if (failure is null)
        {
            await notices.ForgetAsync(notice, cancellation);
            return;
        }

        DateTimeOffset now = Clock.GetUtcNow();
        Failures.Failed("A client does not hear that a session is over", $"{notice.Client}, attempt {notice.Attempts}: {failure}");
        await (now - notice.EndedAt > GivenUpAfter
            ? notices.ForgetAsync(notice, cancellation)
            : notices.PostponeAsync(notice, now + PauseAfter(notice.Attempts), cancellation));
    }

    /// <summary>Why the client has not heard; null when it has.</summary>
    private async Task<string?> HeardAsync(
        LogoutNotices.Notice notice, string address, SigningCredentials signer, CancellationToken cancellation)
    {
        try
        {
            using var form = new FormUrlEncodedContent(
                [KeyValuePair.Create("logout_token", tokens.MintLogout(notice.Client, notice.Person, notice.Session, signer))]);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = form };
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent ? null : $"status {(int)answer.StatusCode}";
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is HttpRequestException or OperationCanceledException)
        {
            return e is HttpRequestException failed ? $"{failed.HttpRequestError}" : "no answer in time";
        }
    }
}
