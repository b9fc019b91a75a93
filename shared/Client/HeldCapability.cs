using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.EmergencyCapabilities;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Client;

/// <summary>
/// What a clinician's program, or a station, holds for the time in which AccessGov cannot be asked: a key of its own, and a capability
/// that is bound to it. Fetched while BreakGlass answers, renewed when half of its time is over or it was used, used at the edge.
/// Thread-safe.
/// </summary>
public sealed class HeldCapability : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly SemaphoreSlim only = new(1, 1);
    private readonly HeldCapabilitySettings settings;
    private readonly TimeProvider clock;
    private readonly Func<Guid> newId;
    private Held? held;
    private bool looked;

    /// <param name="settings">Whose it is, and where it is kept.</param>
    /// <param name="clock">Tells when it has run out; a use is made at its time.</param>
    /// <param name="newId">Gives each use its id, never one twice; random ones unless given.</param>
    /// <exception cref="ArgumentException">A file is named, and not whose it is: the next user of the machine would find it.</exception>
    public HeldCapability(HeldCapabilitySettings settings, TimeProvider clock, Func<Guid>? newId = null)
    {
        if (settings is { File: not null, Station: null, Person: null })
        {
            throw new ArgumentException("A capability that is kept in a file is a person's or a station's: say whose.", nameof(settings));
        }

        (this.settings, this.clock, this.newId) = (settings, clock, newId ?? Guid.NewGuid);
    }

    /// <summary>Until when a use can be begun; null when nothing is held that could be used.</summary>
    public DateTimeOffset? Expires => Volatile.Read(ref held) is { } known && clock.GetUtcNow() < known.Expires ? known.Expires : null;

    /// <summary>Fetches a capability unless a fresh one is held. Call it after signing in, and every few minutes.</summary>
    /// <param name="breakGlass">Where BreakGlass answers, with the access token of whoever holds it (scope
    /// emergency-access.invoke).</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when a fresh one is held; else why BreakGlass gives none, and one that is held already stays.</returns>
    /// <exception cref="HttpRequestException">BreakGlass cannot be reached.</exception>
    public async Task<CapabilityFault?> RenewAsync(HttpClient breakGlass, CancellationToken cancellation = default)
    {
        await only.WaitAsync(cancellation);
        try
        {
            Look();
            if (held is { } known && clock.GetUtcNow() < known.Renew)
            {
                return null;
            }

            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            JsonWebKey own = CapabilityTokens.PublicKeyOf(key);
            var asked = new { edge = settings.Edge, key = new { kty = own.Kty, crv = own.Crv, x = own.X, y = own.Y } };
            string path = settings.Station is { } station ? $"emergency-capabilities/stations/{Uri.EscapeDataString(station)}"
                : "emergency-capabilities";
            using HttpResponseMessage response = await breakGlass.PostAsJsonAsync(path, asked, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                return await AnsweredFault.OfAsync(response, cancellation);
            }

            Answer answer = await response.Content.ReadFromJsonAsync<Answer>(cancellation)
                ?? throw new HttpRequestException("BreakGlass answered nothing.");
            if (!IsOurs(answer.Capability))
            {
                return SomebodyElses;
            }

            DateTimeOffset now = clock.GetUtcNow();
            Keep(new Held(
                answer.Capability, answer.Id, answer.Expires, now + ((answer.Expires - now) / 2), key.ExportPkcs8PrivateKeyPem()));
            return null;
        }
        finally
        {
            only.Release();
        }
    }

    /// <summary>Takes a patient's images at the edge.</summary>
    /// <param name="edge">Where the edge answers.</param>
    /// <param name="wanted">Whose, and why.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What opens them, or why nothing does.</returns>
    /// <exception cref="HttpRequestException">The edge cannot be reached.</exception>
    public async Task<(EmergencyImages? Images, CapabilityFault? Fault)> UseAsync(
        HttpClient edge, WantedImages wanted, CancellationToken cancellation = default)
    {
        if (await SignAsync(wanted, cancellation) is not { } signed)
        {
            return (null, NothingHeld);
        }

        using HttpResponseMessage response =
            await edge.PostAsJsonAsync("emergency-access", new { capability = signed.Capability, use = signed.Use }, cancellation);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<EmergencyImages>(cancellation), null)
            : (null, await AnsweredFault.OfAsync(response, cancellation));
    }

    /// <summary>Makes what the edge is asked with, for whoever hands it over in another way.</summary>
    /// <param name="wanted">Whose images, and why.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when no capability is held that is good.</returns>
    public async Task<SignedUse?> SignAsync(WantedImages wanted, CancellationToken cancellation = default)
    {
        await only.WaitAsync(cancellation);
        try
        {
            Look();
            if (held is not { } known || clock.GetUtcNow() >= known.Expires)
            {
                return null;
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(known.Key);
            KeepUsed(known);
            return new SignedUse(known.Capability, UseTokens.Sign(
                new EmergencyUse(
                    newId(), known.Id, settings.Edge, wanted.Patient, wanted.ReasonCode, wanted.Reason, wanted.SaidToBe,
                    wanted.Practice, clock.GetUtcNow()), key));
        }
        finally
        {
            only.Release();
        }
    }

    /// <summary>Forgets what is held, in the file too: whoever signs out leaves nothing behind.</summary>
    public void Forget()
    {
        only.Wait();
        try
        {
            (held, looked) = (null, true);
            if (settings.File is { } file)
            {
                File.Delete(file);
            }
        }
        finally
        {
            only.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => only.Dispose();

    /// <summary>What was kept by an earlier run of the program; a file that cannot be read is none.</summary>
    private void Look()
    {
        if (looked)
        {
            return;
        }

        looked = true;
        if (settings.File is { } file && File.Exists(file))
        {
            try
            {
                Held? kept = JsonSerializer.Deserialize<Held>(File.ReadAllText(file), JsonSerializerOptions.Strict);
                using var key = ECDsa.Create();
                key.ImportFromPem(kept?.Key ?? "");
                held = kept is not null && IsOurs(kept.Capability) ? kept : null;
            }
            catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or CryptographicException or IOException
                or UnauthorizedAccessException)
            {
                held = null;
            }
        }
    }

    /// <summary>Whether a capability is that of the settings: whoever used the machine before may have left theirs.</summary>
    private bool IsOurs(string capability) => CapabilityTokens.Unproved(capability) is { } known && known.Edge == settings.Edge
        && (settings.Station is { } station ? known.Holder == new CapabilityHolder(CapabilityHolder.Station, station)
            : !known.Holder.IsStation && (settings.Person is null || known.Holder.Id == settings.Person));

    /// <summary>
    /// With each use there is one less: the next renewal fetches another, that of the next run too. An emergency does not wait for a disk.
    /// </summary>
    private void KeepUsed(Held used)
    {
        try
        {
            Keep(used with { Renew = DateTimeOffset.MinValue });
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            // The next run may use it once more than it is for: the edge counts.
        }
    }

    private void Keep(Held next)
    {
        held = next;
        if (settings.File is not { } file)
        {
            return;
        }

        var open = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            open.UnixCreateMode = OwnerOnly;
        }

        string written = file + ".new";
        File.Delete(written);
        using (var stream = new FileStream(written, open))
        {
            JsonSerializer.Serialize(stream, next);
            stream.Flush(flushToDisk: true);
        }

        File.Move(written, file, overwrite: true);
    }

    private static CapabilityFault NothingHeld { get; } = new(
        "capability_missing", "There is no capability that is good: use the one of your station, or call the radiology desk.");

    private static CapabilityFault SomebodyElses { get; } = new(
        "capability_of_other_holder", "AccessGov gave a capability of somebody else: sign in as yourself.");

    private sealed record Answer(string Capability, string Id, DateTimeOffset Expires);

    private sealed record Held(string Capability, string Id, DateTimeOffset Expires, DateTimeOffset Renew, string Key);
}
