using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Explanations;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.TimeTravel;
using Microsoft.Extensions.Primitives;

namespace AccessGov.PolicyDecision.Analytics;

/// <summary>What is to be counted, as it arrives.</summary>
/// <param name="Filter">Which decisions, as the journal's own questions say it.</param>
/// <param name="Action">Only this action.</param>
/// <param name="By">The column of the index that rows are made of.</param>
/// <param name="Outcome">The outcome as it was asked for.</param>
/// <param name="Zone">Whose days and hours the accesses are sorted into.</param>
/// <param name="Paging">How many rows.</param>
/// <param name="After">The last row of the page before.</param>
internal sealed record AccessQuestion(
    DecisionFilter Filter, string? Action, string By, string Outcome, TimeZoneInfo Zone, Paging Paging, AccessPageKey? After)
{
    private const int DaysMax = 366;
    private const int DaysUnlessGiven = 1;

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names =
        ["from", "to", "by", "outcome", "subject", "patient", "study", "action", "zone", "limit", "after"];

    private static readonly string[] Keys = ["subject", "patient", "study", "action", "client"];

    /// <summary>What the service itself puts into the journal beside what archives ask: nobody saw an image by it.</summary>
    public static readonly string[] OwnActions =
        [ExplanationRecord.Action, TimeTravelAccess.Action, .. Enum.GetValues<SearchKind>().Select(SearchRequest.ActionNameOf)];

    /// <summary>Where administration happens; what is asked about it is no access to anybody's images.</summary>
    public const string SystemPrefix = HospitalCase.SystemType + "::";

    public DateTimeOffset From => Filter.From!.Value;

    /// <summary>Reads the query string.</summary>
    public static (AccessQuestion? Question, IResult? Refused) Parse(IQueryCollection query, HashedIds ids, DateTimeOffset now)
    {
        string? problem = DecisionFilter.ProblemOf(query, Names);
        (string by, string outcome) = (Given("by") ?? "subject", Given("outcome") ?? "all");
        problem ??= Keys.Contains(by, StringComparer.Ordinal) ? null : $"by must be one of {string.Join(", ", Keys)}.";
        problem ??= outcome is "permit" or "deny" or "all" ? null : "outcome must be permit, deny or all.";
        DateTimeOffset? to = Given("to") is { } end ? DecisionFilter.TimeOf(end) : RecordJson.Truncated(now);
        problem ??= to is null ? DecisionFilter.NoTime("to") : null;
        DateTimeOffset? from = Given("from") is { } start ? DecisionFilter.TimeOf(start)
            : to > Earliest.AddDays(DaysUnlessGiven) ? to.Value.AddDays(-DaysUnlessGiven) : Earliest;
        problem ??= from is null ? DecisionFilter.NoTime("from") : null;
        if (problem is not null)
        {
            return (null, JournalProblems.InvalidRequest(problem));
        }

        if (from < Earliest || from >= to || to - from > TimeSpan.FromDays(DaysMax))
        {
            return (null, Refusals.Answer(
                "range_malformed",
                $"from is an instant before to, at most {DaysMax} days before it, and not before the year {Earliest.Year}."));
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Given("zone") ?? "UTC", out TimeZoneInfo? zone) || !zone.HasIanaId)
        {
            return (null, Refusals.Answer("zone_unknown", "zone is the IANA name of a time zone, for example Europe/Vienna."));
        }

        // What is no number is none that is allowed either.
        int? limit = Given("limit") is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) ? rows : 0;
        AccessPageKey? after = Given("after") is { } token ? AccessPageKey.Parse(token) : null;
        if (Paging.Of(limit, null) is not { } paging || (after is null && Given("after") is not null))
        {
            return (null, Commands.Refuse(Paging.Malformed));
        }

        bool? permitted = outcome == "all" ? null : outcome == "permit";
        var filter = new DecisionFilter(
            from, to, Key(ids.Of(Given("subject"))), Key(ids.Of(Given("patient"))), Key(Given("study")), permitted, null, paging.Limit,
            After: null);
        return (new AccessQuestion(filter, Key(Given("action")), by, outcome, zone, paging, after), null);

        string? Given(string name) => query.TryGetValue(name, out StringValues given) ? given.ToString() : null;

        static string? Key(string? given) => given is null ? null : IndexedDecision.Key(given);
    }

    /// <summary>The same question, asked of a decision that is not indexed yet.</summary>
    public bool Matches(in IndexedDecision decision) =>
        Filter.Matches(decision) && (Action is null || string.Equals(decision.Action, Action, StringComparison.Ordinal))
        && !OwnActions.Contains(decision.Action, StringComparer.Ordinal)
        && !decision.Resource.StartsWith(SystemPrefix, StringComparison.Ordinal);

    /// <summary>What a row would be about this decision.</summary>
    public string? KeyOf(in IndexedDecision decision) => By switch
    {
        "subject" => decision.Subject,
        "patient" => decision.Patient,
        "study" => decision.Study,
        "action" => decision.Action,
        _ => decision.Client,
    };
}

/// <summary>
/// Where a page ends: rows are ordered by how many accesses they count, then by key. All pages count what was decided before one instant.
/// </summary>
internal sealed record AccessPageKey(DateTimeOffset Until, long Count, string Key)
{
    private const int NumbersBytes = 16;
    private const int TokenLengthMax = 2048;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null when it is no token of ours.</summary>
    public static AccessPageKey? Parse(string token)
    {
        if (token.Length > TokenLengthMax || !Base64Url.IsValid(token)
            || Base64Url.DecodeFromChars(token) is not { Length: > NumbersBytes } bytes)
        {
            return null;
        }

        (long ticks, long count) = (BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8)));
        try
        {
            string key = Strict.GetString(bytes, NumbersBytes, bytes.Length - NumbersBytes);
            return ticks < 0 || ticks > DateTime.MaxValue.Ticks || key.Contains('\0', StringComparison.Ordinal)
                ? null
                : new AccessPageKey(new DateTimeOffset(ticks, TimeSpan.Zero), count, key);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    public override string ToString()
    {
        byte[] bytes = new byte[NumbersBytes + Encoding.UTF8.GetByteCount(Key)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Until.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), Count);
        Encoding.UTF8.GetBytes(Key, bytes.AsSpan(NumbersBytes));
        return Base64Url.EncodeToString(bytes);
    }
}
