using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.People;

/// <summary>The sessions of whoever is signed in.</summary>
internal sealed class OwnSessions(HttpClient http)
{
    public Task<Answer<OpenSession.Page>> ListAsync(CancellationToken cancellation) =>
        http.AskAsync<OpenSession.Page>("me/sessions", cancellation);

    public Task<Answer<Done>> EndAsync(string session, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"me/sessions/{Uri.EscapeDataString(session)}/end", null, cancellation);
}
