using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Reads the issuer's keys again from time to time: what a key signed that the issuer does not show any more is refused, also when it was taken before. While they
/// cannot be read, the last ones stay.
/// </summary>
internal sealed partial class KeysRefresh(
    SigningKeys keys, JwtValidator validator, IOptions<AuthenticationSettings> settings, TimeProvider clock, ILogger<KeysRefresh> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!keys.AreReadable)
        {
            return;
        }

        bool failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(settings.Value.KeysReadEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                validator.KeepOnly(await keys.RefreshAsync(stoppingToken));
                failing = false;
            }
            catch (KeysUnavailableException) when (failing)
            {
                // Said already.
            }
            catch (KeysUnavailableException error)
            {
                failing = true;
                Failed(logger, error);
            }
            catch (OperationCanceledException)
            {
                // The service is stopping.
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The issuer's keys cannot be read again; the last ones stay, and it is tried until they can.")]
    private static partial void Failed(ILogger logger, Exception error);
}
