using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.Recertification.Sources;

namespace AccessGov.Recertification.Tests;

/// <summary>What PolicyDecision and IdentityFederation answer when they are asked for grants and people.</summary>
internal sealed class House : HttpMessageHandler
{
    private int asked;
    private int held;

    public List<FoundGrant> Grants { get; } = [];

    public List<FoundPerson> People { get; } = [];

    /// <summary>How many a page has at most, whatever is asked for.</summary>
    public int PageMax { get; set; } = 1_000;

    /// <summary>After how many answers it fails, once; null when it does not.</summary>
    public int? FailsAfter { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref asked);

    public void Add(string person, string? department = null, string? manager = null, bool active = true) => People.Add(new FoundPerson(
        person, new FoundProfile(person, $"ext-{person}", $"{person} of the house", null, new FoundEmployment(department, manager)), active, false));

    /// <param name="id">The grant.</param>
    /// <param name="person">Whose it is.</param>
    /// <param name="role">The role.</param>
    /// <param name="actions">What it gives; the first was used.</param>
    public void Give(string id, string person, string role, params string[] actions)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Grants.Add(new FoundGrant(
            id, person, role, $"the {role}", new FoundScope("everywhere"), now.AddYears(-1), false, "direct", "because", now.AddYears(-1), actions,
            actions, [.. actions.Take(1).Select(action => new FoundUse(action, 7, 3, now))], now.AddDays(-90), 5, [], 0));
    }

    /// <summary>What was asked to be changed, with its idempotency key.</summary>
    public ConcurrentDictionary<string, (string Path, JsonElement Body)> Changes { get; } = new(StringComparer.Ordinal);

    /// <summary>The code with which every change is refused; null when none is.</summary>
    public string? Refuses { get; set; }

    /// <summary>Until when changes wait for their answer; null when they do not.</summary>
    public TaskCompletionSource? Holds { get; set; }

    /// <summary>How many changes have waited.</summary>
    public int Held => Volatile.Read(ref held);

    /// <summary>Whether changes get no answer.</summary>
    public bool Away { get; set; }

    /// <summary>What questions are answered with.</summary>
    public bool Permits { get; set; }

    /// <summary>The reason of denials.</summary>
    public string Reason { get; set; } = "not_permitted";

    /// <summary>Whether there is a question that a grant alone lets through.</summary>
    public bool HasProbe { get; set; } = true;

    /// <summary>The questions that were asked.</summary>
    public ConcurrentQueue<JsonElement> Questions { get; } = [];

    private async Task<HttpResponseMessage> ChangeAsync(HttpRequestMessage request)
    {
        JsonElement body = await request.Content!.ReadFromJsonAsync<JsonElement>();
        if (Away)
        {
            throw new HttpRequestException("It is away.");
        }

        if (request.RequestUri!.AbsolutePath == "/access/v1/evaluation")
        {
            Questions.Enqueue(body);
            return Json(HttpStatusCode.OK, new { decision = Permits, context = new { evaluation_id = "e-1", reason = Permits ? "permitted" : Reason } });
        }

        if (Holds is { } until)
        {
            Interlocked.Increment(ref held);
            await until.Task;
        }

        if (Refuses is { } code)
        {
            return new HttpResponseMessage(HttpStatusCode.Conflict)
            {
                Content = JsonContent.Create(
                    new { type = $"urn:accessgov:policy-decision:{code}", detail = "No." }, new MediaTypeHeaderValue("application/problem+json")),
            };
        }

        string key = request.Headers.GetValues("Idempotency-Key").Single();
        Changes.TryAdd(key, (request.RequestUri.AbsolutePath, body));
        HttpResponseMessage answer = !request.RequestUri.AbsolutePath.EndsWith("/revoke", StringComparison.Ordinal)
            ? Json(HttpStatusCode.Created, new { id = $"new-{key.Replace(':', '-')}" })
            : new HttpResponseMessage(HttpStatusCode.NoContent);
        answer.Headers.Add("AccessGov-Position", "77");
        return answer;
    }

    private static readonly object Question = new
    {
        subject = new { type = "User", id = "ada" }, action = new { name = "study.view" }, resource = new { type = "Study", id = "1.2" },
        context = new { sourceIp = "10.1.0.1", assuranceLevel = 3 },
    };

    private static HttpResponseMessage Json(HttpStatusCode status, object body) =>
        new(status) { Content = JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Post)
        {
            return ChangeAsync(request);
        }

        if (request.RequestUri!.AbsolutePath.EndsWith("/probe", StringComparison.Ordinal))
        {
            return Task.FromResult(Json(HttpStatusCode.OK, new { question = HasProbe ? Question : null, position = 77 }));
        }

        if (FailsAfter is { } left && Interlocked.Increment(ref asked) > left)
        {
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        }

        var query = System.Web.HttpUtility.ParseQueryString(request.RequestUri.Query);
        int limit = Math.Min(PageMax, int.Parse(query["limit"]!, System.Globalization.CultureInfo.InvariantCulture));
        return Task.FromResult(request.RequestUri.AbsolutePath switch
        {
            "/reviewable-grants" => Page(
                "grants", [.. Grants.Where(grant => query["subject"] is not { } subject || grant.SubjectId == subject)], grant => grant.Id, limit, query["after"]),
            "/people" => Page("people", People, person => person.Id, limit, query["after"]),
            var path => throw new InvalidOperationException($"Nobody asks {path}."),
        });
    }

    private static HttpResponseMessage Page<T>(string name, List<T> all, Func<T, string> keyOf, int limit, string? after)
    {
        T[] page = [.. all.OrderBy(keyOf, StringComparer.Ordinal).Where(one => after is null || string.CompareOrdinal(keyOf(one), after) > 0).Take(limit)];
        var answer = new Dictionary<string, object>(StringComparer.Ordinal) { [name] = page };
        if (page.Length == limit)
        {
            answer["next"] = keyOf(page[^1]);
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(answer, options: JsonSerializerOptions.Web) };
    }
}
