using System.Collections.Frozen;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// Which HTTP status a service's refusals have: 400 malformed, 404 absent, 409 refused by the state of things, 412 stale, 503 when it cannot be known now. The
/// codes that every service has are here. Thread-safe.
/// </summary>
/// <param name="service">The service's name in kebab case, as it stands in <c>urn:accessgov:{service}:{code}</c>.</param>
/// <param name="malformed">The service's own codes for what is wrong in the request itself.</param>
/// <param name="absent">The service's own codes for what does not exist.</param>
/// <param name="unavailable">The service's own codes for what cannot be answered at the moment.</param>
/// <param name="forbidden">The service's own codes for what this caller may not do.</param>
public sealed class RefusalTable(
    string service, IEnumerable<string> malformed, IEnumerable<string> absent, IEnumerable<string> unavailable, IEnumerable<string> forbidden)
{
    private static readonly string[] AlwaysMalformed = ["idempotency_key_malformed", "if_match_malformed", "paging_malformed"];
    private static readonly string[] AlwaysUnavailable = ["store_overloaded", "store_unavailable", "outcome_unknown"];

    private readonly FrozenDictionary<string, int> statuses = new[]
    {
        (Codes: malformed.Concat(AlwaysMalformed), Status: StatusCodes.Status400BadRequest),
        (Codes: absent, Status: StatusCodes.Status404NotFound),
        (Codes: unavailable.Concat(AlwaysUnavailable), Status: StatusCodes.Status503ServiceUnavailable),
        (Codes: forbidden, Status: StatusCodes.Status403Forbidden),
        (Codes: ["stale"], Status: StatusCodes.Status412PreconditionFailed),
    }.SelectMany(group => group.Codes.Select(code => KeyValuePair.Create(code, group.Status))).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The HTTP status of a refusal; 409 for a code that is in no group.</summary>
    public int StatusOf(string code) => statuses.GetValueOrDefault(code, StatusCodes.Status409Conflict);

    /// <summary>The answer of an endpoint that refuses.</summary>
    /// <param name="code">The refusal's stable code.</param>
    /// <param name="sentence">One sentence that says what to do next.</param>
    /// <param name="status">Another status than the code's.</param>
    public IResult Answer(string code, string sentence, int? status = null) => Problems.Refused(service, code, sentence, status ?? StatusOf(code));

    /// <summary>The answer of an endpoint that refuses.</summary>
    public IResult Answer(Refusal refusal) => Answer(refusal.Code, refusal.Sentence);
}
