using System.Globalization;
using AccessGov.PolicyDecision.Journal;
using Npgsql;

namespace AccessGov.PolicyDecision.Analytics;

/// <summary>What the index does not know yet.</summary>
/// <param name="Decisions">Those that the question is about, as they were answered.</param>
/// <param name="Overruled">Batches whose rows in the index are not what was answered.</param>
internal sealed record BehindTheIndex(List<IndexedDecision> Decisions, List<(string Writer, long Sequence)> Overruled)
{
    public static BehindTheIndex Nothing => new([], []);
}

/// <summary>The accesses that a question is about, as a table <c>counted</c> of SQL: those in the index and those behind it.</summary>
internal static class AccessSource
{
    /// <param name="parameters">Get the values.</param>
    /// <param name="question">Its column names are ours; everything else of it is a value.</param>
    /// <param name="behind">What is counted beside the index.</param>
    public static string Of(NpgsqlParameterCollection parameters, AccessQuestion question, BehindTheIndex behind)
    {
        string where = question.Filter.Where(parameters)
            + $" and action <> all ({Next(AccessQuestion.OwnActions)}) and not starts_with(resource, {Next(AccessQuestion.SystemPrefix)})"
            + (question.Action is { } action ? $" and action = {Next(action)}" : "");
        (List<IndexedDecision> decisions, List<(string Writer, long Sequence)> overruled) = behind;
        if (decisions.Count == 0 && overruled.Count == 0)
        {
            return $"with counted as (select {question.By} as key, study, permitted, at from decision where {where})";
        }

        string writers = Next(overruled.Select(batch => batch.Writer).ToArray());
        string sequences = Next(overruled.Select(batch => batch.Sequence).ToArray());
        where += $" and (writer, sequence) not in (select * from unnest({writers}::text[], {sequences}::bigint[]))";
        string keys = Next(decisions.Select(decision => question.KeyOf(decision)).ToArray());
        string studies = Next(decisions.Select(decision => decision.Study).ToArray());
        string permitted = Next(decisions.Select(decision => decision.Permitted).ToArray());
        string at = Next(decisions.Select(decision => decision.At.UtcDateTime).ToArray());
        return $"""
            with counted as (
                select {question.By} as key, study, permitted, at from decision where {where}
                union all select key collate "C", study collate "C", permitted, at
                from unnest({keys}::text[], {studies}::text[], {permitted}::boolean[], {at}::timestamptz[])
                    as behind (key, study, permitted, at))
            """;

        string Next(object value)
        {
            parameters.Add(new NpgsqlParameter { Value = value });
            return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
        }
    }
}
