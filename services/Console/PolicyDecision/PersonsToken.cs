using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;

namespace AccessGov.Console.PolicyDecision;

/// <summary>Whoever is signed in calls: the session's access token goes along. Without a session the call goes without, and PolicyDecision says so.</summary>
internal sealed class PersonsToken(IHttpContextAccessor http) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is null && http.HttpContext is { } context && await context.GetTokenAsync("access_token") is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
