using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The forms in which what a page found is taken along, and the file itself, passed on as it comes.</summary>
internal static class TrailExport
{
    /// <summary>A form as the service calls it, the end of the file's name, and what it is good for.</summary>
    public static IReadOnlyList<(string Format, string Ending, string Name)> Forms { get; } =
    [
        ("csv", ".csv", "Table (CSV)"), ("ndjson", ".ndjson", "Leaves (NDJSON)"), ("proofs", ".proofs.ndjson", "Leaves with proofs"),
        ("fhir", ".fhir.json", "FHIR AuditEvents"), ("dicom", ".dicom-audit.txt", "DICOM audit messages"),
        ("ocsf", ".ocsf.ndjson", "OCSF events"),
    ];

    /// <summary>Answers the file. One that could not be finished is cut off, and no browser takes it for whole.</summary>
    /// <param name="page">The page that was asked.</param>
    /// <param name="trail">The trail.</param>
    /// <param name="format">Which form.</param>
    /// <param name="what">What the file is about; no patient's id, as files lie about.</param>
    /// <param name="at">Now, which the file's name says.</param>
    /// <param name="asked">What is searched for.</param>
    public static async Task<IActionResult> ExportAsync(
        this PageModel page, AuditTrail trail, string? format, string what, DateTimeOffset at, params (string Name, string? Value)[] asked)
    {
        CancellationToken gone = page.HttpContext.RequestAborted;
        Answer<HttpResponseMessage> answer = await trail.ExportAsync(Query.Of([.. asked, ("format", format)]), gone);
        if (!answer.Given)
        {
            return await page.RefuseAsync(answer.Refusal);
        }

        using HttpResponseMessage file = answer.Value;
        string ending = Forms.FirstOrDefault(form => form.Format == format).Ending ?? "";
        page.Response.ContentType = file.Content.Headers.ContentType?.ToString() ?? "application/octet-stream";
        page.Response.Headers.ContentDisposition =
            $"attachment; filename=audit-{what}-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}{ending}";
        try
        {
            await file.Content.CopyToAsync(page.Response.Body, gone);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            page.HttpContext.Abort();
        }

        return new EmptyResult();
    }
}
