using System.Net.Http.Headers;
using AccessGov.Console.Pages.SignIn;

namespace AccessGov.Console.Services;

/// <summary>
/// Whoever is signed in calls: the session's access token goes along. Without a session the call goes without, and the service says so.
/// </summary>
internal sealed class PersonsToken(IHttpContextAccessor http, PersonsTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (http.HttpContext is { } context && await tokens.GetAsync(context, cancellationToken) is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
