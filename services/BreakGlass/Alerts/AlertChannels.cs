using System.Net.Sockets;
using System.Security.Authentication;
using AccessGov.Mail;
using MailKit;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>The ways to tell somebody, each with its patience; how each fared last is shown by health. Thread-safe.</summary>
internal sealed class AlertChannels(
    IOptions<AlertsOptions> options, Mailer mailer, Webhook webhook, SyslogAlert syslog, ChannelStates states, TimeProvider clock)
{
    /// <summary>Null when it was taken, else why not, as a code.</summary>
    public async Task<string?> TrySendAsync(string name, Alert alert, CancellationToken cancellation)
    {
        ChannelOptions channel = options.Value.Channels[name];
        using var patience = new CancellationTokenSource(channel.Patience, clock);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        string? failure;
        try
        {
            failure = channel.Kind switch
            {
                ChannelKind.Mail => await MailAsync(channel, alert, bound.Token),
                ChannelKind.Webhook => await webhook.SendAsync(channel, alert, options.Value.ConsoleUrl, bound.Token),
                ChannelKind.Syslog => await syslog.SendAsync(channel, alert, bound.Token),
                _ => throw new InvalidOperationException($"{channel.Kind} is no kind of channel."),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            failure = "too_slow";
        }
        catch (Exception e) when (CodeOf(e) is { } code)
        {
            failure = code;
        }

        states.Ended(name, failure);
        return failure;
    }

    private static string? CodeOf(Exception failure) => failure switch
    {
        AuthenticationException or MailKit.Security.AuthenticationException or MailKit.Security.SslHandshakeException => "not_trusted",
        SocketException or HttpRequestException => "unreachable",
        ServiceNotConnectedException or ProtocolException or CommandException => "refused",
        IOException => "broken",
        UnauthorizedAccessException or FormatException or System.Security.Cryptography.CryptographicException or NotSupportedException =>
            "settings_unusable",
        _ => null,
    };

    private async Task<string?> MailAsync(ChannelOptions channel, Alert alert, CancellationToken cancellation) =>
        !mailer.IsGiven ? "no_mail_server"
        : await mailer.SendAsync(
            $"{alert.Id}-{alert.Audience}", channel.To!, alert.Subject, alert.Text(options.Value.ConsoleUrl), cancellation) ? null
        : "address_refused";
}
