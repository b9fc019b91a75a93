using AccessGov.Client;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Uses;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Primitives;

namespace AccessGov.Edge.Station;

/// <summary>The station's page: who are you, whose images, why. Plain forms without a script, for whatever browser stands there.</summary>
internal static class StationPage
{
    public const string Path = "/emergency-access";
    public const string Cookie = "__Host-accessgov-emergency-access";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show);
        routes.MapPost(Path + "/begin", BeginAsync);
        routes.MapPost(Path + "/finish", FinishAsync);
    }

    private static IResult Show(
        HttpContext http, StationCapability station, ClientAddress client, AccessTokens tokens, EdgeJournal journal, EdgeClock clock)
    {
        if (!station.IsAt(client.Of(http)))
        {
            return Refusals.Answer(Refusals.StationUnavailable);
        }

        if (Active(http, tokens, journal, clock) is { } access)
        {
            return Html(PageText.Begun(access));
        }

        if (http.Request.Cookies.ContainsKey(Cookie))
        {
            // What is over opens nothing, and must not go with what this browser asks for later.
            http.Response.Cookies.Delete(Cookie, Options(null));
        }

        return Html(PageText.Form(null));
    }

    private static async Task<IResult> BeginAsync(
        HttpContext http, StationCapability station, ClientAddress client, AccessTokens tokens, UseCapability use)
    {
        string? address = client.Of(http);
        if (!station.IsAt(address) || IsFromElsewhere(http) || !http.Request.HasFormContentType)
        {
            return Refusals.Answer(Refusals.StationUnavailable);
        }

        IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
        var wanted = new WantedImages(
            form["patient"].ToString().Trim(), form["reason_code"].ToString(), form["reason"].ToString().Trim(),
            form["person"].ToString().Trim());
        if (await station.SignAsync(wanted, http.RequestAborted) is not { } signed)
        {
            return Html(PageText.Form(Refusals.StationUnavailable), Refusals.StatusOf(Refusals.StationUnavailable));
        }

        UseCapability.Answer answer = await use.RunAsync(new UseCapability.Command(signed.Capability, signed.Use), address);
        if (answer.Access is not { } access)
        {
            CapabilityFault fault = answer.Fault!;
            return Html(PageText.Form(fault), Refusals.StatusOf(fault));
        }

        Keep(http, tokens.For(access.Id), access.Until);
        return Results.Redirect(Path);
    }

    private static async Task<IResult> FinishAsync(
        HttpContext http, StationCapability station, ClientAddress client, AccessTokens tokens, EdgeJournal journal, EdgeClock clock)
    {
        string? address = client.Of(http);
        if (!station.IsAt(address) || IsFromElsewhere(http))
        {
            return Refusals.Answer(Refusals.StationUnavailable);
        }

        try
        {
            if (tokens.IdOf(http.Request.Cookies[Cookie]) is { } id)
            {
                await EndAccess.RunAsync(journal, id, EndAccess.ByClinician, address, clock.Now);
            }
        }
        catch (JournalException unavailable)
        {
            return Html(PageText.Form(unavailable.Fault), Refusals.StatusOf(unavailable.Fault));
        }

        http.Response.Cookies.Delete(Cookie, Options(null));
        return Results.Redirect(Path);
    }

    private static ActiveAccess? Active(HttpContext http, AccessTokens tokens, EdgeJournal journal, EdgeClock clock) =>
        tokens.IdOf(http.Request.Cookies[Cookie]) is { } id ? journal.State.Active(id, clock.Now) : null;

    /// <summary>
    /// Another page's form must not take images in the clinician's name. A browser says from where a form comes, in one of both headers.
    /// </summary>
    private static bool IsFromElsewhere(HttpContext http)
    {
        StringValues site = http.Request.Headers["Sec-Fetch-Site"];
        bool isSameOrigin = site is ["same-origin"];
        return (site.Count > 0 && !isSameOrigin) || http.Request.Headers.Origin switch
        {
            [] => !isSameOrigin,
            [{ } origin] => !Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) || from.Authority != http.Request.Host.Value,
            _ => true,
        };
    }

    private static void Keep(HttpContext http, string token, DateTimeOffset until) =>
        http.Response.Cookies.Append(Cookie, token, Options(until));

    private static CookieOptions Options(DateTimeOffset? until) => new()
    {
        HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", Expires = until, IsEssential = true,
    };

    private static HtmlAnswer Html(string text, int status = StatusCodes.Status200OK) => new(
        text, $"style-src '{PageText.StyleHash}'; form-action 'self'", status, "same-origin");
}
