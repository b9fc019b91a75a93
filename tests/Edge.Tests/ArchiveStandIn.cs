using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccessGov.Edge.Tests;

/// <summary>An archive that says whose studies are; it finds patients without regard to case, as Orthanc does.</summary>
internal sealed class ArchiveStandIn : IAsyncDisposable
{
    public const string Study = "1.2.3";
    public const string StudyOfOther = "1.2.4";
    public const string StudyOfTwo = "1.2.5";
    private static readonly JsonSerializerOptions AsWritten = new();
    private WebApplication? app;

    public Uri Address { get; private set; } = new("http://127.0.0.1:1/");

    public bool IsAway { get; set; }

    /// <summary>The patients of each study.</summary>
    public ConcurrentDictionary<string, string[]> Studies { get; } = new(StringComparer.Ordinal)
    {
        [Study] = ["4711"], [StudyOfOther] = ["4712"], [StudyOfTwo] = ["4711", "4712"],
    };

    public static async Task<ArchiveStandIn> StartAsync()
    {
        var archive = new ArchiveStandIn();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        archive.app = builder.Build();
        archive.app.Use((context, next) =>
        {
            if (archive.IsAway)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return next(context);
        });
        archive.app.MapGet("/dicom-web/studies", archive.Find);
        archive.app.MapGet("/studies/{id}", (string id) => Results.Json(new
        {
            PatientMainDicomTags = new { PatientID = id[0] == '1' ? "4711" : "4712" }, MainDicomTags = new { StudyInstanceUID = Study },
        }, AsWritten));
        await archive.app.StartAsync();
        archive.Address = new Uri(archive.app.Urls.Single() + "/");
        return archive;
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private IResult Find(HttpContext http)
    {
        string? study = http.Request.Query["StudyInstanceUID"], patient = http.Request.Query["PatientID"];
        string[] found =
        [
            .. Studies.Where(known => study is null || known.Key == study).SelectMany(known => known.Value)
                .Where(known => patient is null || known.Equals(patient, StringComparison.OrdinalIgnoreCase)),
        ];
        return Results.Json(found.Select(known => new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["00100020"] = new { vr = "LO", Value = new[] { known } },
        }), AsWritten);
    }
}
