using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.Console.Pages.SignIn;

namespace AccessGov.Console.Services;

/// <summary>What a service answered: a value with its version, or a refusal.</summary>
/// <param name="Value">What was asked for; null along with a refusal.</param>
/// <param name="Refusal">Why not; null along with a value.</param>
/// <param name="Version">The ETag, to be returned as If-Match.</param>
internal sealed record Answer<T>(T? Value, Refusal? Refusal, string? Version = null)
{
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Given => Refusal is null;
}

/// <summary>A command that was carried out and answered with nothing.</summary>
internal sealed record Done;

/// <summary>How questions are put to services, and what comes back: also a broken connection is a refusal, with 503.</summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 64 };

    /// <param name="http">The client.</param>
    /// <param name="path">Relative to the service's address.</param>
    /// <param name="cancellation">When the person has gone.</param>
    /// <param name="isValue">Which answers are what was asked for; successes unless given.</param>
    public static Task<Answer<T>> AskAsync<T>(
        this HttpClient http, string path, CancellationToken cancellation, Predicate<HttpResponseMessage>? isValue = null)
        where T : class => http.AnswerAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellation, isValue);

    /// <param name="http">The client.</param>
    /// <param name="method">POST, PUT or DELETE.</param>
    /// <param name="path">Relative to the service's address.</param>
    /// <param name="body">What is sent as JSON; null sends nothing.</param>
    /// <param name="cancellation">When the person has gone.</param>
    /// <param name="version">The version that the person has seen; a newer one refuses the command.</param>
    /// <param name="key">A key of the form: sent twice, the command is carried out once.</param>
    public static Task<Answer<T>> CommandAsync<T>(
        this HttpClient http, HttpMethod method, string path, object? body, CancellationToken cancellation, string? version = null,
        string? key = null)
        where T : class
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json),
        };
        if (version is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        if (key is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return http.AnswerAsync<T>(request, cancellation);
    }

    /// <summary>An answer to be passed on as it comes, however long it is; whoever asked disposes of it.</summary>
    public static async Task<Answer<HttpResponseMessage>> OpenAsync(this HttpClient http, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await ReachedAsync(request, async () =>
        {
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return new Answer<HttpResponseMessage>(response, null);
            }

            using (response)
            {
                return new Answer<HttpResponseMessage>(null, await RefusalOfAsync(response, AskedService.Of(request), cancellation));
            }
        }, cancellation);
    }

    private static async Task<Answer<T>> AnswerAsync<T>(
        this HttpClient http, HttpRequestMessage request, CancellationToken cancellation, Predicate<HttpResponseMessage>? isValue = null)
        where T : class
    {
        using (request)
        {
            return await ReachedAsync(request, async () =>
            {
                using HttpResponseMessage response = await http.SendAsync(request, cancellation);
                return isValue?.Invoke(response) ?? response.IsSuccessStatusCode
                    ? new Answer<T>(await ReadAsync<T>(response, cancellation), null, response.Headers.ETag?.ToString())
                    : new Answer<T>(null, await RefusalOfAsync(response, AskedService.Of(request), cancellation));
            }, cancellation);
        }
    }

    /// <summary>Whoever is not reached refuses, too.</summary>
    private static async Task<Answer<T>> ReachedAsync<T>(
        HttpRequestMessage request, Func<Task<Answer<T>>> ask, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (SignInUnreachableException)
        {
            return new Answer<T>(null, Refusal.SignInUnreachable);
        }
        catch (HttpRequestException)
        {
            return new Answer<T>(null, AskedService.Of(request).Unreachable);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Answer<T>(null, AskedService.Of(request).TooSlow);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellation)
        where T : class => typeof(T) == typeof(Done)
        ? (T)(object)new Done()
        : typeof(T) == typeof(string) ? (T)(object)await response.Content.ReadAsStringAsync(cancellation)
        : await response.Content.ReadFromJsonAsync<T>(Json, cancellation) ?? throw new JsonException("The service answered null.");

    private static async Task<Refusal> RefusalOfAsync(HttpResponseMessage response, AskedService service, CancellationToken cancellation)
    {
        MediaTypeHeaderValue? type = response.Content.Headers.ContentType;
        string text = await response.Content.ReadAsStringAsync(cancellation);
        int status = (int)response.StatusCode;
        if (type?.MediaType is "application/problem+json" or "application/json"
            && JsonSerializer.Deserialize<Problem>(text, Json) is { } problem)
        {
            string code = problem.Type?[(problem.Type.LastIndexOf(':') + 1)..] ?? problem.Error ?? $"status_{status}";
            string challenge = response.Headers.WwwAuthenticate.ToString();
            return new Refusal(status, code, problem.Detail ?? problem.ErrorDescription ?? problem.Title ?? code, problem.Errors ?? [])
            {
                Context = ParameterOf(challenge, "acr_values"), MaxAge = ParameterOf(challenge, "max_age"),
            };
        }

        // The AuthZEN endpoints answer a sentence, with the code in a header.
        string named = response.Headers.TryGetValues("AccessGov-Error", out IEnumerable<string>? codes)
            ? codes.First() : $"status_{status}";
        string sentence = type?.MediaType == "text/plain" && text.Length > 0 ? text : $"{service.Name} answered {status}.";
        return new Refusal(status, named, sentence, []);
    }

    /// <summary>A parameter of a challenge (RFC 9110, 11.2), quoted or not.</summary>
    private static string? ParameterOf(string challenge, string name) =>
        Regex.Match(challenge, $"\\b{name}=\"?([^\",]+)",
            RegexOptions.CultureInvariant) is { Success: true } found ? found.Groups[1].Value : null;

    private sealed record Problem(
        string? Type, string? Title, string? Detail, IReadOnlyList<Finding>? Errors, string? Error,
        [property: System.Text.Json.Serialization.JsonPropertyName("error_description")] string? ErrorDescription);
}

/// <summary>Something that is wrong in a file of a policy set.</summary>
internal sealed record Finding(string Code, string? File, int? Line, int? Column, string Sentence);

/// <summary>Why something was not done or cannot be shown.</summary>
/// <param name="Status">The HTTP status, which our page has too.</param>
/// <param name="Code">The service's stable code.</param>
/// <param name="Sentence">The service's sentence.</param>
/// <param name="Findings">What is wrong in the files, where it is about files.</param>
internal sealed record Refusal(int Status, string Code, string Sentence, IReadOnlyList<Finding> Findings)
{
    public static Refusal SignInUnreachable { get; } = new(
        (int)HttpStatusCode.ServiceUnavailable, "identity_federation_unreachable",
        "IdentityFederation cannot be reached from the console, so nobody can sign in now.", []);

    public static Refusal SignedInNoMore { get; } = new(
        (int)HttpStatusCode.Unauthorized, "signed_in_no_more", "You are not signed in any more.", []);

    public static Refusal SignInFailed { get; } = new(
        (int)HttpStatusCode.BadRequest, "sign_in_failed",
        "The sign-in did not come to its end: it took too long, was begun in another window, or was refused.", []);

    /// <summary>Whether the same person, signed in more strongly or more recently, would not be refused (RFC 9470).</summary>
    public bool NeedsSecondFactor => Code == "step_up_required";

    /// <summary>Whether the session's token is worth nothing any more.</summary>
    public bool EndsSession => Status == (int)HttpStatusCode.Unauthorized && !NeedsSecondFactor;

    /// <summary>The authentication context that is asked for then; null when any will do.</summary>
    public string? Context { get; init; }

    /// <summary>How many seconds ago they may have signed in then; null for whenever.</summary>
    public string? MaxAge { get; init; }

    /// <summary>What to do next, by the kind of refusal; the sentence says what is special about it.</summary>
    public string Next => Code switch
    {
        "self_approval" => "Ask a colleague to sign in and to decide.",
        "self_reinstatement" or "self_enrolment" or "self_unlock" or "self_clearance" => "Ask a colleague who may do this.",
        "reason_required" => "Write down why, and send it again.",
        "person_gone" => "Look for the new person instead.",
        "session_unknown" => "It may have ended meanwhile: look at what is open now.",
        "insufficient_scope" or "person_required" =>
            "Your session may not do this. Ask the administrator who may, or sign in as somebody else.",
        "step_up_required" => "Sign in with your second factor, and repeat what you wanted.",
        "sign_in_failed" => "Try again. If it stays so, ask the service desk.",
        "form_malformed" => "Go back, open the page again, and repeat what you wanted.",
        "stale" or "draft_changed" or "changed_meanwhile" =>
            "Somebody was faster. Open the page again, look at what has changed, and repeat what you still want.",
        "zone_unknown" => "Write the zone as in Europe/Vienna, or UTC.",
        "search_too_wide" => "Say from when to when, or add whom, which patient or which study it is about.",
        "already_decided" or "already_approved" or "already_proposed" => "Open the page again and look at what came of it.",
        "request_expired" => "Whoever still needs it asks again.",
        "nothing_to_shred" => "Look whether it is written as the archive and the schedule write it.",
        "nothing_to_prune" => "The retention schedule says when the time of what is there is over; its keys are shredded first.",
        "class_unknown" => "Whoever looks after Audit's settings gives the classes back that were taken out of them.",
        "shredding_running" => "Wait until the shredding is done, and try again.",
        "position_behind" => "Look at the export destinations and at the health of the trail: what is behind has to get on first.",
        "legal_hold" => "Ask whoever placed the hold whether it is to be lifted.",
        "retention_running" => "Wait until the time is over, or say what makes an exception right.",
        "certificate_unknown" => "Open the shredding, and look again when it is done.",
        "not_at_position" or "not_refused" or "served_elsewhere" => "Open the page of destinations again and look at what is refused now.",
        "approval_required" => "It is older than what one person may open alone: ask for it, and have a colleague approve it.",
        "self_review" => "Ask a colleague who reviews emergency access.",
        "person_suspended" or "person_left" or "person_locked" or "not_clinical" or "emergency_forbidden"
            or "policy_decision_unavailable" => "If a life depends on it, do not wait: telephone now.",
        "denial_expired" => "Try again what was denied: the new denial leads here again.",
        "not_ended" => "Ask security to end it, or come back when it has run out.",
        "already_reviewed" or "no_follow_up" => "Open the page again and look at what came of it.",
        "idempotency_key_reused" => "The form was sent before with other words. Open the page again and look at what came of it.",
        _ => Status switch
        {
            401 => "Sign in again.",
            403 => "Ask the administrator who may do this.",
            404 => "Check the address, or go back to the list.",
            400 => "Correct what the sentence names and send it again.",
            >= 500 => "Wait a moment and try again. If it stays so, tell the operators.",
            _ => "Do what the sentence says, then try again.",
        },
    };
}
