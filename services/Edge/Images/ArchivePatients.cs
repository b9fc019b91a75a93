using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using AccessGov.ArchiveRequests;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Images;

/// <summary>The archive did not say whose images these are.</summary>
internal sealed class ArchiveException(string why, Exception? inner = null) : Exception(why, inner);

/// <summary>Whose images these are, asked of the archive itself and remembered for a while. Thread-safe.</summary>
internal sealed class ArchivePatients : IDisposable
{
    private const int KnownMax = 10_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<PacsResource, (string? Patient, string? Study, long At)> known = new();
    private readonly ArchiveSettings archive;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    public ArchivePatients(IOptions<EdgeOptions> options, TimeProvider clock)
    {
        (archive, this.clock) = (options.Value.Archive, clock);
        http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        {
            BaseAddress = new Uri(archive.Url!.AbsoluteUri.TrimEnd('/') + "/"), Timeout = archive.RequestTimeout,
            MaxResponseContentBufferSize = 16 * 1024 * 1024,
        };
    }

    /// <summary>The one patient of a resource and its study's UID; no patient when there is none, or not one alone.</summary>
    /// <exception cref="ArchiveException">It cannot be asked.</exception>
    public async Task<(string? Patient, string? Study)> FindAsync(PacsResource resource, CancellationToken cancellation)
    {
        if (known.TryGetValue(resource, out (string? Patient, string? Study, long At) found) && clock.GetElapsedTime(found.At) < KnownFor)
        {
            return (found.Patient, found.Study);
        }

        (string? patient, string? study) = await AskAsync(resource, cancellation);
        if (patient is not null)
        {
            if (known.Count >= KnownMax)
            {
                known.Clear();
            }

            known[resource] = (patient, study, clock.GetTimestamp());
        }

        return (patient, study);
    }

    public void Dispose() => http.Dispose();

    private async Task<(string? Patient, string? Study)> AskAsync(PacsResource resource, CancellationToken cancellation)
    {
        try
        {
            return resource switch
            {
                PacsResource.Study study => (await OnlyPatientAsync($"StudyInstanceUID={study.Uid}", cancellation), study.Uid),
                // An archive that does not tell upper case from lower finds other patients, too.
                PacsResource.Patient patient =>
                    (await OnlyPatientAsync($"PatientID={Uri.EscapeDataString(patient.Id)}", cancellation), null),
                PacsResource.OrthancStudy study => await OrthancAsync($"studies/{study.OrthancId}", "PatientMainDicomTags", cancellation),
                PacsResource.OrthancPatient patient => await OrthancAsync($"patients/{patient.OrthancId}", "MainDicomTags", cancellation),
                _ => (null, null),
            };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or InvalidOperationException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new ArchiveException("The archive cannot be asked whose images these are.", failure);
        }
    }

    private async Task<string?> OnlyPatientAsync(string key, CancellationToken cancellation)
    {
        string root = archive.DicomWebPath.Trim('/');
        using JsonDocument? answer = await GetAsync($"{root}/studies?{key}&includefield=00100020", "application/dicom+json", cancellation);
        string?[] patients = [.. (answer?.RootElement.EnumerateArray() ?? default).Select(PatientOf).Distinct(StringComparer.Ordinal)];
        return patients is [{ Length: > 0 } one] ? one : null;
    }

    private static string? PatientOf(JsonElement study) =>
        study.TryGetProperty("00100020", out JsonElement attribute) && attribute.TryGetProperty("Value", out JsonElement values)
        && values.GetArrayLength() == 1 ? values[0].GetString()?.Trim() : null;

    private async Task<(string? Patient, string? Study)> OrthancAsync(string path, string tags, CancellationToken cancellation)
    {
        using JsonDocument? answer =
            await GetAsync($"{archive.OrthancPath?.Trim('/')}/{path}".TrimStart('/'), "application/json", cancellation);
        return answer is null ? (null, null)
            : (Tag(answer.RootElement, tags, "PatientID"), Tag(answer.RootElement, "MainDicomTags", "StudyInstanceUID"));
    }

    private static string? Tag(JsonElement resource, string group, string name) =>
        resource.TryGetProperty(group, out JsonElement tags) && tags.TryGetProperty(name, out JsonElement value)
        && value.GetString()?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Null when there is no such thing.</summary>
    private async Task<JsonDocument?> GetAsync(string path, string accept, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = archive.Authorization();
        request.Headers.Accept.ParseAdd(accept);
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        return await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
    }
}
