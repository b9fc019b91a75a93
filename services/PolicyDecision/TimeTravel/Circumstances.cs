using System.Globalization;
using System.Net;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>What a question about the past supposes of the person's machine and session, because no stream tells it.</summary>
internal sealed record Circumstances(IPAddress? SourceIp, long AssuranceLevel, string? PurposeOfUse, string? Destination)
{
    private const int LengthMax = 200;

    /// <summary>Reads them from the query; what is left out is unknown, as it is to an evaluation.</summary>
    public static Outcome<Circumstances> Of(IQueryCollection query)
    {
        IPAddress? address = null;
        long level = 0;
        if (query["sourceIp"].ToString() is { Length: > 0 } ip && !IPAddress.TryParse(ip, out address))
        {
            return new Refusal("request_malformed", "sourceIp is an IPv4 or IPv6 address.");
        }

        if (query["assuranceLevel"].ToString() is { Length: > 0 } text && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out level) && level <= 10))
        {
            return new Refusal("request_malformed", "assuranceLevel is a number from 0 to 10.");
        }

        string purpose = query["purposeOfUse"].ToString();
        string destination = query["destination"].ToString();
        return purpose.Length > LengthMax || destination.Length > LengthMax
            ? new Refusal("request_malformed", $"purposeOfUse and destination have at most {LengthMax} characters.")
            : new Circumstances(address, level, purpose.Length > 0 ? purpose : null, destination.Length > 0 ? destination : null);
    }

    /// <summary>What a subject would have asked. Whoever signed in strongly has just done so.</summary>
    public EvaluationQuestion Question(string subjectType, string subjectId, string action, string resourceType, string resourceId, DateTimeOffset at) => new(
        subjectType, subjectId, action, resourceType, resourceId, "", SourceIp, "authzen", null,
        Context: new EnforcementPointContext(AssuranceLevel, AssuranceLevel > 0 ? at : null, PurposeOfUse, Destination));
}
