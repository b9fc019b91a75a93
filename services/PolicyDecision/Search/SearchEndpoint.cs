using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// POST /access/v1/search/subject, /resource and /action (AuthZEN Authorization API 1.0, section 8). The first page searches; later pages are cut from what
/// the first one found and judged again, so a result stands on one page at most, and on none once it is permitted no more.
/// </summary>
internal sealed class SearchEndpoint(ISearchPoint searchPoint, IEnforcementPoints enforcementPoints, HeldSearches held, PageTokens tokens)
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
            (SearchAnswer answer, int from, int limit) = request.Page.Token is { } token
                ? Resume(token, request.Page.Limit, caller.Client, query)
                : (await searchPoint.SearchAsync(request, caller, http.RequestAborted), 0, request.Page.Limit ?? PageRequest.LimitMax);
            if (answer.Invalid is { } invalid)
            {
                await AuthZenBody.RefuseAsync(http, invalid.Status, invalid.Code, invalid.Sentence);
                return;
            }

            SearchAnswer page = answer with { Results = [.. answer.Results.Skip(from).Take(limit)] };
            int to = from + page.Results.Count;
            if (request.Page.Token is not null)
            {
                page = await searchPoint.JudgeAgainAsync(request, caller, page, http.RequestAborted);
                if (page.Invalid is { } unknown)
                {
                    await AuthZenBody.RefuseAsync(http, unknown.Status, unknown.Code, unknown.Sentence);
                    return;
                }
            }
            else if (to < answer.Results.Count)
            {
                held.Hold(answer);
            }

            string next = to == answer.Results.Count ? "" : tokens.Write(new PageToken(answer.Id, answer.FactsPosition, answer.At, limit, to), caller.Client, query);
            await SearchResponse.SendAsync(http, new SearchPage(answer.Id, page.Results, answer.Results.Count, next), request);
        }
    }

    private (SearchAnswer Answer, int From, int Limit) Resume(string text, int? limit, string client, byte[] query)
    {
        if (tokens.Read(text, client, query, out bool matches) is not { } token)
        {
            return Refused("page_token_invalid", "page.token is none that this process has given out: search again without a token.");
        }

        // An absent limit is an unchanged one.
        if (!matches || (limit is { } given && given != token.Limit))
        {
            return Refused("page_token_mismatch", "page.token belongs to another search: with a token, everything else stays as it was, or search again without it.");
        }

        return held.Find(token.Search) is { } answer && answer.FactsPosition == token.FactsPosition && answer.At == token.At && token.Next <= answer.Results.Count
            ? (answer, token.Next, token.Limit)
            : Refused("page_expired", "The search that page.token belongs to is no longer held: search again without a token.");
    }

    private static (SearchAnswer Answer, int From, int Limit) Refused(string code, string sentence) =>
        (SearchAnswer.ToInvalid(new InvalidQuestion(StatusCodes.Status400BadRequest, code, sentence)), 0, 0);
}
