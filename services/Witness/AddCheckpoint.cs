using System.Globalization;
using AccessGov.ServiceDefaults;
using AccessGov.TransparencyLog;

namespace AccessGov.Witness;

/// <summary>A log shows that it has only grown, and gets a cosignature (c2sp.org/tlog-witness, add-checkpoint).</summary>
internal static class AddCheckpoint
{
    public const string Service = "witness";
    private const string SizeType = "text/x.tlog.size";

    /// <summary>Why it is not cosigned.</summary>
    public sealed record Refused(int Status, string Code, string Sentence);

    /// <summary>What is wrong with a submission, whatever this witness has cosigned before; null when nothing is.</summary>
    public static Refused? FaultOf(KnownLog? log, Submission submission) => submission switch
    {
        _ when log is null => new Refused(404, "log_unknown", "This witness does not cosign a log of that name."),
        _ when !log.HasSigned(submission.Note) =>
            new Refused(403, "signature_unknown",
                "No key of that log that this witness trusts has signed the checkpoint, or a signature is false."),
        _ when submission.OldSize > submission.Checkpoint.Size =>
            new Refused(400, "request_malformed", "The old size is larger than the checkpoint's."),
        _ => null,
    };

    /// <summary>
    /// What is wrong with a submission after what was cosigned last, whose size it names; null when the log has only grown.
    /// </summary>
    public static Refused? FaultAfter(Checkpoint? last, Submission submission)
    {
        Checkpoint next = submission.Checkpoint;
        if (next.Size == 0 && next.Root != TreeHash.OfEmptyTree)
        {
            return new Refused(422, "root_wrong", "An empty log has the root of the empty tree.");
        }

        return MerkleProof.ShowsConsistency(
            last?.Size ?? 0, next.Size, submission.Proof.AsSpan(), last?.Root ?? TreeHash.OfEmptyTree, next.Root)
            ? null
            : new Refused(422, "not_consistent", "The proof does not show that the log began with what this witness has cosigned.");
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/add-checkpoint", HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest request, KnownLogs logs, CosignedCheckpoints cosigned, ILogger<CosignedCheckpoints> journal,
            CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        Submission submission;
        try
        {
            submission = Submission.Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (FormatException malformed)
        {
            return Answer(new Refused(400, "request_malformed", malformed.Message));
        }

        KnownLog? log = logs.Find(submission.Checkpoint.Origin);
        if (FaultOf(log, submission) is { } fault)
        {
            return Answer(fault);
        }

        CosignedCheckpoints.Answer answer;
        try
        {
            answer = await cosigned.AddAsync(log!, submission, cancellation);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            journal.LogError("What was cosigned of {Origin} cannot be read or written: {Reason}", log!.Origin, broken.Message);
            return Answer(new Refused(503, "state_unavailable",
                "This witness cannot keep what it cosigns, and cosigns nothing; its log says why."));
        }

        if (answer.Fault is { } refused)
        {
            // A checkpoint that the log signed and that does not fit is evidence against it.
            journal.LogWarning("{Origin} is refused with {Code}: {Checkpoint}", log!.Origin, refused.Code, submission.Note.ToString());
            return Answer(refused);
        }

        return answer.Conflict is { } size
            ? Results.Text(string.Create(CultureInfo.InvariantCulture, $"{size}\n"), SizeType, statusCode: StatusCodes.Status409Conflict)
            : Results.Text(answer.Cosignature!.ToString());
    }

    private static IResult Answer(Refused refused) => Problems.Refused(Service, refused.Code, refused.Sentence, refused.Status);
}
