using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// POST /access/v1/search/subject, /resource and /action (AuthZEN Authorization API 1.0, section 8). The first page searches; later pages are cut from what
/// the first one found and judged again, so a result stands on one page at most, and on none once it is permitted no more. What is no longer held, or was
/// found by another replica, is searched for again, and the pages go on after the last result that was given.
/// </summary>
internal sealed class SearchEndpoint(ISearchPoint searchPoint, IEnforcementPoints enforcementPoints, HeldSearches held, PageTokens tokens, TimeProvider clock)
{
    public Task SearchSubjectsAsync(HttpContext http) => SearchAsync(http, SearchKind.Subject);

    public Task SearchResourcesAsync(HttpContext http) => SearchAsync(http, SearchKind.Resource);

    public Task SearchActionsAsync(HttpContext http) => SearchAsync(http, SearchKind.Action);

    private async Task SearchAsync(HttpContext http, SearchKind kind)
    {
        if (await enforcementPoints.AuthenticateAsync(http) is not { } caller || await AuthZenBody.ReadAsync(http) is not { } body)
        {
            return;
        }

        using (body)
        {
            if (SearchRequest.Read(kind, body.Root, out string error) is not { } request)
            {
                await AuthZenBody.RefuseAsync(http, StatusCodes.Status400BadRequest, "request_malformed", error);
                return;
            }

            byte[] query = request.Canonical();
            PageToken? token = null;
            if (request.Page.Token is { } text)
            {
                token = Read(text, request.Page.Limit, caller.Client, query, out string code, out string sentence);
                if (token is null)
                {
                    await AuthZenBody.RefuseAsync(http, StatusCodes.Status400BadRequest, code, sentence);
                    return;
                }
            }

            SearchAnswer? before = token is { } given ? held.Find(given.Search) : null;
            SearchAnswer answer = before ?? await searchPoint.SearchAsync(request, caller, token?.FactsPosition, http.RequestAborted);
            string after = token?.After ?? "";
            int limit = token?.Limit ?? request.Page.Limit ?? PageRequest.LimitMax;
            int from = answer.PlaceAfter(after);
            SearchAnswer page = answer with { Results = [.. answer.Results.Skip(from).Take(limit)] };
            int to = from + page.Results.Count;
            string last = page.Results.Count == 0 ? after : page.Results[^1].Id;
            if (before is not null)
            {
                page = await searchPoint.JudgeAgainAsync(request, caller, page, http.RequestAborted);
            }

            if (page.Invalid is { } invalid)
            {
                await AuthZenBody.RefuseAsync(http, invalid.Status, invalid.Code, invalid.Sentence);
                return;
            }

            if (before is null && to < answer.Results.Count)
            {
                held.Hold(answer);
            }

            string next = to == answer.Results.Count ? "" : tokens.Write(new PageToken(answer.Id, answer.FactsPosition, answer.At, limit, last), caller.Client, query);
            await SearchResponse.SendAsync(http, new SearchPage(answer.Id, page.Results, answer.Results.Count, next), request);
        }
    }

    private PageToken? Read(string text, int? limit, string client, byte[] query, out string code, out string sentence)
    {
        PageToken? token = tokens.Read(text, client, query, out bool matches);

        // An absent limit is an unchanged one.
        (code, sentence) = token switch
        {
            null => ("page_token_invalid", "page.token is none that was given out here: search again without a token."),
            { } other when !matches || (limit is { } wanted && wanted != other.Limit) =>
                ("page_token_mismatch", "page.token belongs to another search: with a token, everything else stays as it was, or search again without it."),
            { } old when clock.GetUtcNow() - old.At >= HeldSearches.HeldAtMost => ("page_expired", "The search that page.token belongs to is over: search again without a token."),
            _ => ("", ""),
        };
        return code.Length == 0 ? token : null;
    }
}
