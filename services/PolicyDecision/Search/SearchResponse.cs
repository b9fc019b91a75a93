using System.Buffers;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Search;

/// <summary>One page of what was found.</summary>
/// <param name="Search">The search's id.</param>
/// <param name="Results">The results of this page.</param>
/// <param name="Total">How many the search found in all.</param>
/// <param name="NextToken">The token of the next page; empty at the end.</param>
internal readonly record struct SearchPage(Guid Search, IReadOnlyList<Found> Results, int Total, string NextToken);

/// <summary>Writes pages as AuthZEN 1.0 asks (section 8.3): the page first, so that a reader knows how much comes.</summary>
internal static class SearchResponse
{
    public static ValueTask SendAsync(HttpContext http, SearchPage page, SearchRequest request)
    {
        Utf8JsonWriter writer = AuthZenResponse.Start(out ArrayBufferWriter<byte> buffer);
        writer.WriteStartObject();
        writer.WriteStartObject("page"u8);
        writer.WriteString("next_token"u8, page.NextToken);
        writer.WriteNumber("count"u8, page.Results.Count);
        writer.WriteNumber("total"u8, page.Total);
        writer.WriteEndObject();
        writer.WriteStartObject("context"u8);
        writer.WriteString("evaluation_id"u8, page.Search);
        writer.WriteEndObject();
        writer.WriteStartArray("results"u8);
        foreach (Found found in page.Results)
        {
            Write(writer, found, request);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return AuthZenResponse.SendAsync(http, writer, buffer);
    }

    private static void Write(Utf8JsonWriter writer, Found found, SearchRequest request)
    {
        writer.WriteStartObject();
        if (request.Kind == SearchKind.Action)
        {
            writer.WriteString("name"u8, found.Id);
        }
        else
        {
            writer.WriteString("type"u8, request.Kind == SearchKind.Subject ? request.Asked.Subject.Type : request.Asked.Resource.Type);
            writer.WriteString("id"u8, found.Id);
        }

        if (found.Obligations.Count > 0)
        {
            writer.WritePropertyName("obligations"u8);
            ObligationJson.Write(writer, found.Obligations);
        }

        writer.WriteEndObject();
    }
}
