using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>What was decided: by time, subject, patient, study, outcome and reason, and one decision by its id.</summary>
internal static class FindDecisions
{
    public const string Scope = "journal.read";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/decisions", FindAsync).RequireAuthorization(Scope);
        routes.MapGet("/decisions/{evaluationId}", FindOneAsync).RequireAuthorization(Scope);
    }

    private static async Task FindAsync(HttpContext http, DecisionSearch search, HashedIds ids, DecisionJournal journal)
    {
        (DecisionFilter? filter, string? problem) = DecisionFilter.Parse(http.Request.Query, ids);
        if (filter is null)
        {
            await JournalProblems.InvalidRequest(problem!).ExecuteAsync(http);
            return;
        }

        (IReadOnlyList<FoundDecision> decisions, PageKey? next) page;
        try
        {
            page = await search.FindAsync(filter, http.RequestAborted);
        }
        catch (NpgsqlException e)
        {
            await JournalProblems.Unreadable(e).ExecuteAsync(http);
            return;
        }

        await WriteAsync(http, json =>
        {
            json.WriteStartObject();
            if (page.next is { } next)
            {
                json.WriteString("next"u8, next.ToString());
            }

            // What this replica's spool holds is not in the answer yet.
            json.WriteNumber("spooled"u8, journal.Spool.Held.Records);
            json.WriteStartArray("decisions"u8);
            foreach (FoundDecision decision in page.decisions)
            {
                Write(json, decision);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task FindOneAsync(string evaluationId, HttpContext http, DecisionSearch search)
    {
        if (!Guid.TryParseExact(evaluationId, "D", out Guid id))
        {
            await JournalProblems.InvalidRequest("An evaluation id is a UUID.").ExecuteAsync(http);
            return;
        }

        FoundDecision? decision;
        try
        {
            decision = await search.FindAsync(id, http.RequestAborted);
        }
        catch (NpgsqlException e)
        {
            await JournalProblems.Unreadable(e).ExecuteAsync(http);
            return;
        }

        if (decision is null)
        {
            await JournalProblems.NotFound().ExecuteAsync(http);
            return;
        }

        await WriteAsync(http, json => Write(json, decision));
    }

    private static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter))
        {
            write(json);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, FoundDecision decision)
    {
        json.WriteStartObject();
        if (decision.Record is { } record)
        {
            WriteRecord(json, record, decision.Withdrawn);
        }
        else
        {
            json.WriteBoolean("damaged"u8, true);
        }

        json.WriteStartObject("journal"u8);
        json.WriteString("writer"u8, decision.Position.Writer);
        json.WriteNumber("sequence"u8, decision.Position.Sequence);
        json.WriteNumber("ordinal"u8, decision.Position.Ordinal);
        json.WriteString("hash"u8, Convert.ToHexStringLower(decision.BatchHash));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>As it was answered; where that was a denial because it could not be remembered, what had been decided stands beside it.</summary>
    private static void WriteRecord(Utf8JsonWriter json, JsonElement record, bool withdrawn)
    {
        foreach (JsonProperty member in record.EnumerateObject().Where(member => !withdrawn || !IsAnswer(member)))
        {
            member.WriteTo(json);
        }

        if (!withdrawn)
        {
            return;
        }

        json.WriteBoolean("permitted"u8, false);
        json.WriteString("reason"u8, Reasons.JournalUnavailable);
        json.WriteStartArray("policies"u8);
        json.WriteEndArray();
        json.WriteStartArray("obligations"u8);
        json.WriteEndArray();
        json.WriteBoolean("withdrawn"u8, true);
        json.WriteStartObject("decided"u8);
        foreach (JsonProperty member in record.EnumerateObject().Where(IsAnswer))
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static bool IsAnswer(JsonProperty member) => member.NameEquals("permitted"u8) || member.NameEquals("reason"u8) || member.NameEquals("policies"u8)
        || member.NameEquals("obligations"u8);
}
