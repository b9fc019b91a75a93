using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessGov.Testing;

/// <summary>Leaves of an audit trail as the services make them, about 600 bytes each, numbered and chained.</summary>
public sealed class SampleLeaf
{
    /// <summary>When the first leaf was received.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 27, 18, 40, 0, TimeSpan.Zero);

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const string Bundle = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private string previous = new('0', 64);

    /// <summary>The SHA-256 of the last leaf.</summary>
    public string Previous => previous;

    /// <summary>The number of the next leaf.</summary>
    public long Sequence { get; private set; }

    /// <summary>A decision: somebody viewed a study.</summary>
    /// <param name="action">What was done.</param>
    public byte[] Next(string action = "view")
    {
        long n = Sequence;
        DateTimeOffset at = Start.AddMilliseconds(40 * n);
        string id = $"0197c2e5-7b1a-7c3e-9d42-{n:x12}";
        return Chained($$"""
            {"action":"{{action}}","actor":"0197c2e5-0000-7000-8000-{{n % 900:x12}}","event_id":"{{id}}","kind":"decision",
            "object":{"patient_token":"pt-{{n * 2654435761 % 1000000007:x12}}",
            "study":"1.2.840.113619.2.55.3.{{n % 100000}}"},"outcome":"success",
            "policy":{"bundle_digest":"{{Bundle}}"},"prev":"{{previous}}","reason":"permitted",
            "recv_ts":"{{Text(at.AddMilliseconds(3))}}","seq":{{n}},
            "src":{"ip":"10.1.{{n % 250}}.{{n % 7}}","workstation":"RAD-{{n % 60}}"},
            "stream":"decisions/1","svc":"policy-decision","ts":"{{Text(at)}}","v":1,"version":{{n}}}
            """.ReplaceLineEndings(""));
    }

    /// <summary>What the audit service attests of a service's event store.</summary>
    /// <param name="service">Whose.</param>
    /// <param name="through">Through which position.</param>
    /// <param name="count">How many events.</param>
    /// <param name="digest">Over them, in hexadecimal.</param>
    public byte[] NextAttestation(string service, long through, long count, string digest)
    {
        string at = Text(Start.AddMilliseconds(40 * Sequence));
        return Chained($$$"""
            {"attested":{"count":{{{count}}},"digest":"{{{digest}}}","stream":"events","svc":"{{{service}}}","through":{{{through}}}},
            "event_id":"0197c2e5-2222-7000-8000-{{{Sequence:x12}}}",
            "kind":"store.attested","prev":"{{{previous}}}","recv_ts":"{{{at}}}","seq":{{{Sequence}}},"svc":"audit","ts":"{{{at}}}","v":1}
            """.ReplaceLineEndings(""));
    }

    /// <summary>A leaf of the audit service itself.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="members">Its other members, as JSON.</param>
    public byte[] NextOf(string kind, params (string Name, string Json)[] members)
    {
        string at = Text(Start.AddMilliseconds(40 * Sequence));
        IEnumerable<(string Name, string Json)> all =
        [
            .. members, ("kind", $"\"{kind}\""), ("prev", $"\"{previous}\""), ("recv_ts", $"\"{at}\""),
            ("seq", Sequence.ToString(CultureInfo.InvariantCulture)), ("svc", "\"audit\""), ("v", "1"),
        ];
        IEnumerable<string> written = all.OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => $"\"{member.Name}\":{member.Json}");
        return Chained($"{{{string.Join(',', written)}}}");
    }

    /// <summary>A leaf with these bytes in place of the next one.</summary>
    /// <param name="text">The bytes, which name the one before.</param>
    public byte[] Chained(string text)
    {
        byte[] leaf = Encoding.UTF8.GetBytes(text);
        previous = Convert.ToHexStringLower(SHA256.HashData(leaf));
        Sequence++;
        return leaf;
    }

    /// <summary>Some decisions.</summary>
    /// <param name="count">How many.</param>
    public static byte[][] Several(int count)
    {
        var leaves = new SampleLeaf();
        return [.. Enumerable.Range(0, count).Select(_ => leaves.Next())];
    }

    /// <summary>The same leaves with numbers and links that fit, as somebody makes them who can compute.</summary>
    /// <param name="leaves">The leaves, changed, swapped or too few.</param>
    public static byte[][] Relinked(IEnumerable<byte[]> leaves)
    {
        var chain = new SampleLeaf();
        return [.. leaves.Select(leaf =>
        {
            var members = JsonNode.Parse(leaf)!.AsObject();
            string was = $"\"prev\":\"{members["prev"]}\"", number = $"\"seq\":{members["seq"]},";
            return chain.Chained(Encoding.UTF8.GetString(leaf).Replace(was, $"\"prev\":\"{chain.previous}\"", StringComparison.Ordinal)
                .Replace(number, string.Create(CultureInfo.InvariantCulture, $"\"seq\":{chain.Sequence},"), StringComparison.Ordinal));
        })];
    }

    private static string Text(DateTimeOffset at) => at.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
