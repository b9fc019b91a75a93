using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>The part of Orthanc's REST API that the feeder reads. Thread-safe.</summary>
internal sealed class OrthancArchive : IDisposable
{
    private readonly HttpClient http;
    private readonly OrthancOptions options;

    public OrthancArchive(OrthancOptions options, HttpMessageHandler? handler = null)
    {
        this.options = options;
        http = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        http.BaseAddress = new Uri(options.Url!.AbsoluteUri.TrimEnd('/') + "/");
        http.Timeout = options.RequestTimeout;
        http.MaxResponseContentBufferSize = 64 * 1024 * 1024;
        if (options.Username is { } user)
        {
            http.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
        }
    }

    /// <summary>The sequence number of the newest change, 0 for none.</summary>
    public async Task<long> NewestChangeAsync(CancellationToken cancellation) =>
        (await GetAsync("changes?last", cancellation))?.GetProperty("Last").GetInt64() ?? 0;

    public async Task<OrthancChanges> ChangesAsync(long since, int limit, CancellationToken cancellation)
    {
        JsonElement page = await GetAsync($"changes?since={since}&limit={limit}", cancellation)
            ?? throw new HttpRequestException("The archive has no /changes.");
        return new OrthancChanges(
            [.. page.GetProperty("Changes").EnumerateArray().Select(change => new OrthancChange(
                change.GetProperty("ChangeType").GetString() ?? "", change.GetProperty("ResourceType").GetString() ?? "",
                change.GetProperty("ID").GetString() ?? ""))],
            page.GetProperty("Last").GetInt64(), page.GetProperty("Done").GetBoolean());
    }

    public async Task<IReadOnlyList<string>> StudiesAsync(int since, int limit, CancellationToken cancellation) =>
        [.. (await GetAsync($"studies?since={since}&limit={limit}", cancellation))?.EnumerateArray().Select(id => id.GetString()!) ?? []];

    /// <summary>Null when the series is gone.</summary>
    public async Task<string?> StudyOfSeriesAsync(string seriesId, CancellationToken cancellation) =>
        (await GetAsync($"series/{Uri.EscapeDataString(seriesId)}", cancellation))?.GetProperty("ParentStudy").GetString();

    public async Task<bool> HasStudyAsync(string studyId, CancellationToken cancellation) =>
        await GetAsync($"studies/{Uri.EscapeDataString(studyId)}", cancellation) is not null;

    /// <summary>Null when the study is gone; a row without UID when the archive holds something that is no study.</summary>
    public async Task<StudyRow?> ReadStudyAsync(string studyId, CancellationToken cancellation)
    {
        string path = $"studies/{Uri.EscapeDataString(studyId)}";
        JsonElement? study = await GetAsync(path, cancellation);
        JsonElement? series = study is null ? null : await GetAsync($"{path}/series", cancellation);
        return study is { } found && series is { } parts ? ToRow(studyId, found, parts) : null;
    }

    public void Dispose() => http.Dispose();

    private StudyRow ToRow(string studyId, JsonElement study, JsonElement series)
    {
        string uid = Tag(study, "MainDicomTags", "StudyInstanceUID") ?? "";
        // A study without a patient's number belongs to nobody else: two such studies must not become one patient.
        string patient = Tag(study, "PatientMainDicomTags", "PatientID") ?? $"unidentified:{uid}";
        ImmutableArray<string> modalities = [.. series.EnumerateArray().Select(one => Tag(one, "MainDicomTags", "Modality")).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string? physician = Tag(study, "MainDicomTags", "ReferringPhysicianName");
        ImmutableArray<string> labels = study.TryGetProperty("Labels", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(label => label.GetString()!)] : [];
        return new StudyRow(
            uid, patient, options.IssuerOfPatientId,
            modalities.Select(modality => options.Departments.GetValueOrDefault(modality)).FirstOrDefault(known => known is not null) ?? options.DefaultDepartment,
            modalities, physician is null ? null : options.ReferringPhysicians.GetValueOrDefault(physician),
            Tag(study, "MainDicomTags", "StudyDate") is { } date ? DicomDate.Parse(date) : null, labels, Finalized: false,
            Tag(study, "MainDicomTags", "AccessionNumber"), options.Archive, studyId,
            study.TryGetProperty("ParentPatient", out JsonElement parent) ? parent.GetString()! : OrthancIdentifier.OfPatient(patient), Imported: false);
    }

    /// <summary>A tag's text without padding; null when it is absent or empty. PostgreSQL keeps no NUL, and no tag of ours may hold control characters.</summary>
    private static string? Tag(JsonElement resource, string group, string name) =>
        resource.TryGetProperty(group, out JsonElement tags) && tags.TryGetProperty(name, out JsonElement value)
        && value.GetString() is { } text && new string([.. text.Where(character => !char.IsControl(character))]).Trim() is { Length: > 0 } clean
            ? clean : null;

    private async Task<JsonElement?> GetAsync(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await http.GetAsync(path, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
        return document.RootElement.Clone();
    }
}

/// <summary>A page of changes: Last is where the next one starts, Done says that there is none yet.</summary>
internal sealed record OrthancChanges(IReadOnlyList<OrthancChange> Changes, long Last, bool Done);

internal sealed record OrthancChange(string ChangeType, string ResourceType, string Id);
