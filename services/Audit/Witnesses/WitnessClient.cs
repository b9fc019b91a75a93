using System.Globalization;
using System.Net;
using System.Text;
using AccessGov.Audit.Trail;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Witnesses;

/// <summary>
/// Asks one witness to cosign (c2sp.org/tlog-witness), one request after the other. How far the witness is it says itself: the first
/// request of a process names nothing.
/// </summary>
internal sealed class WitnessClient(HttpClient http, WitnessOptions options, ITileSource tiles)
{
    private const string SizeType = "text/x.tlog.size";
    private readonly Uri address = new(options.Url!.AbsoluteUri.TrimEnd('/') + "/add-checkpoint");
    private long size;

    public NoteKey Key { get; } = NoteKey.Parse(options.Key);

    /// <summary>Its cosignature of a published checkpoint.</summary>
    /// <exception cref="WitnessException">It gives none.</exception>
    public async Task<NoteSignature> CosignAsync(PublishedCheckpoint published, CancellationToken cancellation)
    {
        // It may have cosigned meanwhile for another process; then it says how far it is, once more.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            (HttpStatusCode status, string? type, string text) = await PostAsync(published, cancellation);
            switch (status)
            {
                case HttpStatusCode.OK:
                    NoteSignature cosignature = Checked(published.Note, text);
                    size = published.Checkpoint.Size;
                    return cosignature;
                case HttpStatusCode.Conflict when type == SizeType:
                    size = SizeOf(text);
                    break;
                case HttpStatusCode.Conflict or HttpStatusCode.BadRequest:
                    throw new WitnessException("answer_malformed", $"It answered {(int)status} to a request as the protocol has it.");
                case HttpStatusCode.Forbidden or HttpStatusCode.NotFound:
                    throw new WitnessException("trail_unknown",
                        $"It answered {(int)status}: it does not know this trail, or not its keys.");
                case HttpStatusCode.UnprocessableEntity:
                    throw new WitnessException("contradicted",
                        $"It has cosigned {size} leaves of this trail that the trail does not begin with: one of the two was changed.");
                default:
                    throw new WitnessException("unavailable", $"It answered {(int)status}.");
            }
        }

        throw new WitnessException("unavailable", "It named two different sizes.");
    }

    private async Task<(HttpStatusCode Status, string? Type, string Text)> PostAsync(PublishedCheckpoint published,
        CancellationToken cancellation)
    {
        if (size > published.Checkpoint.Size)
        {
            throw new WitnessException("contradicted",
                $"It has cosigned {size} leaves, and the trail has {published.Checkpoint.Size}: it was put back to an earlier time.");
        }

        IEnumerable<TreeHash> proof = size == 0 ? [] : new TileTree(tiles, published.Checkpoint.Size).ConsistencyProof(size);
        string body = string.Create(CultureInfo.InvariantCulture,
            $"old {size}\n{string.Concat(proof.Select(hash => $"{hash}\n"))}\n{published.Note}");
        try
        {
            using HttpResponseMessage answer = await http.PostAsync(address, new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
                cancellation);
            return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException away)
        {
            throw new WitnessException("unreachable", away.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WitnessException("unreachable", $"It did not answer within {http.Timeout.TotalSeconds} s.");
        }
    }

    /// <summary>The witness's own line; lines of other keys are nobody's.</summary>
    private NoteSignature Checked(SignedNote note, string lines)
    {
        try
        {
            NoteSignature[] own = [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteSignature.Parse)
                .Where(line => line.KeyId == Key.Id && line.KeyName == Key.Name)];
            return own is [{ } line] && Key.Verifies(note.Text, line.Signature.Span)
                ? line
                : throw new WitnessException("cosignature_false", "What it answered is not its cosignature of the checkpoint.");
        }
        catch (FormatException malformed)
        {
            throw new WitnessException("answer_malformed", malformed.Message);
        }
    }

    private static long SizeOf(string text) =>
        text.EndsWith('\n') && long.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long told)
            ? told
            : throw new WitnessException("answer_malformed", "It did not say how far it is.");
}

/// <summary>A witness gives no cosignature.</summary>
internal sealed class WitnessException(string code, string message) : Exception(message)
{
    /// <summary>
    /// <c>unreachable</c>, <c>unavailable</c>, <c>trail_unknown</c>, <c>answer_malformed</c>, <c>cosignature_false</c> or
    /// <c>contradicted</c>.
    /// </summary>
    public string Code { get; } = code;
}
