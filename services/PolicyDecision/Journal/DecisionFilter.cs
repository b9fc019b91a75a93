using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>A question to the journal, as it arrives: <c>GET /decisions</c>. Newest decisions first.</summary>
/// <param name="From">From this time on.</param>
/// <param name="To">Before this time.</param>
/// <param name="After">The last decision of the page before.</param>
internal sealed record DecisionFilter(
    DateTimeOffset? From, DateTimeOffset? To, string? Subject, string? Patient, string? Study, bool? Permitted, string? Reason, int Limit, PageKey? After)
{
    public const int LimitMax = 500;
    private const int LimitUnlessGiven = 50;

    private static readonly string[] Names = ["from", "to", "subject", "patient", "study", "outcome", "reason", "limit", "after"];

    /// <summary>Reads the query string. A misspelt filter is a refusal: passed over, it would answer with too much.</summary>
    public static (DecisionFilter? Filter, string? Problem) Parse(IQueryCollection query, HashedIds ids)
    {
        string? problem = ProblemOf(query, Names);
        DateTimeOffset? from = Time("from");
        DateTimeOffset? to = Time("to");
        int limit = LimitUnlessGiven;
        if (query.ContainsKey("limit") && (!int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LimitMax))
        {
            problem ??= $"limit must be a number from 1 to {LimitMax}.";
        }

        bool? permitted = (string?)query["outcome"] switch { null => null, "permit" => true, "deny" => false, _ => Bad("outcome must be permit or deny.") };
        PageKey? after = null;
        if (query.ContainsKey("after") && !PageKey.TryParse(query["after"]!, out after))
        {
            problem ??= "after must be the member next of an earlier answer.";
        }

        if (from >= to)
        {
            problem ??= "from must be before to.";
        }

        return problem is not null ? (null, problem) : (new DecisionFilter(
            from, to, Key(ids.Of(query["subject"])), Key(ids.Of(query["patient"])), Key(query["study"]), permitted, Key(query["reason"]), limit, after), null);

        DateTimeOffset? Time(string name)
        {
            if (!query.ContainsKey(name))
            {
                return null;
            }

            DateTimeOffset? time = TimeOf(query[name].ToString());
            problem ??= time is null ? NoTime(name) : null;
            return time;
        }

        bool? Bad(string why)
        {
            problem ??= why;
            return null;
        }

        static string? Key(string? text) => text is null ? null : IndexedDecision.Key(text);
    }

    /// <summary>What is wrong with the parameters as such; null when each is known, given once and not empty.</summary>
    public static string? ProblemOf(IQueryCollection query, string[] names) =>
        query.Keys.FirstOrDefault(key => !names.Contains(key, StringComparer.Ordinal)) is { } unknown
            ? $"There is no parameter {unknown}; there are {string.Join(", ", names)}."
            : query.FirstOrDefault(pair => pair.Value.Count > 1 || string.IsNullOrEmpty(pair.Value)) is { Key: { } key } ? $"{key} must be given once and not be empty." : null;

    /// <summary>A time as questions to the journal write it; null when it is none.</summary>
    public static DateTimeOffset? TimeOf(string text) =>
        // A plus sign that was not escaped arrives as a space.
        DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? RecordJson.Truncated(time) : null;

    public static string NoTime(string name) => $"{name} must be a time like 2026-11-22T18:30:00Z.";

    /// <summary>The same question, asked of a decision that is not indexed yet.</summary>
    public bool Matches(in IndexedDecision decision) =>
        (From is null || decision.At >= From) && (To is null || decision.At < To)
        && (Subject is null || string.Equals(decision.Subject, Subject, StringComparison.Ordinal))
        && (Patient is null || string.Equals(decision.Patient, Patient, StringComparison.Ordinal))
        && (Study is null || string.Equals(decision.Study, Study, StringComparison.Ordinal))
        && (Permitted is null || decision.Permitted == Permitted)
        && (Reason is null || string.Equals(decision.Reason, Reason, StringComparison.Ordinal))
        && (After is null || PageKey.Compare(new PageKey(decision.At, decision.EvaluationId), After.Value) < 0);

    /// <summary>The same question in SQL.</summary>
    public string Where(NpgsqlParameterCollection parameters)
    {
        var where = new StringBuilder("true");
        Add(From?.UtcDateTime, "at >= ");
        Add(To?.UtcDateTime, "at < ");
        Add(Subject, "subject = ");
        Add(Patient, "patient = ");
        Add(Study, "study = ");
        Add(Permitted, "permitted = ");
        Add(Reason, "reason = ");
        if (After is { } after)
        {
            // The first condition is implied by the second; with it whole partitions are passed over.
            Add(after.At.UtcDateTime, "at <= ");
            parameters.Add(new NpgsqlParameter { Value = after.EvaluationId });
            where.Append(CultureInfo.InvariantCulture, $" and (at, evaluation_id) < (${parameters.Count - 1}, ${parameters.Count})");
        }

        return where.ToString();

        void Add(object? value, string condition)
        {
            if (value is not null)
            {
                parameters.Add(new NpgsqlParameter { Value = value });
                where.Append(CultureInfo.InvariantCulture, $" and {condition}${parameters.Count}");
            }
        }
    }
}

/// <summary>Where a page ends. Decisions are ordered by time, then by id.</summary>
internal readonly record struct PageKey(DateTimeOffset At, Guid EvaluationId)
{
    public static int Compare(PageKey one, PageKey other) =>
        one.At.CompareTo(other.At) is var byTime and not 0 ? byTime : one.EvaluationId.CompareTo(other.EvaluationId);

    public static bool TryParse(string token, out PageKey? key)
    {
        Span<byte> bytes = stackalloc byte[24];
        key = null;
        if (token.Length != 32 || !Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out int written) || written != 24)
        {
            return false;
        }

        long ticks = BitConverter.ToInt64(bytes);
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        key = new PageKey(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..], bigEndian: true));
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[24];
        BitConverter.TryWriteBytes(bytes, At.UtcTicks);
        EvaluationId.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
