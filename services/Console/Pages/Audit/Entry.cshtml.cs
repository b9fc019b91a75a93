using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>One entry of the trail, with its leaf and its proof to take along; what is sealed in it is opened for a reason.</summary>
internal sealed class EntryModel(AuditTrail trail, SealedArchive archive, SignedInPerson viewer) : PageModel
{
    public const string UnsealScope = "audit.unseal";

    // The page encodes what it shows; the leaf is to be read as it is.
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [BindProperty(SupportsGet = true)]
    public string? Zone { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public long Sequence { get; private set; }

    /// <summary>The leaf, as the trail has it.</summary>
    public string Text { get; private set; } = "";

    public JsonElement Leaf { get; private set; }

    public Answer<string> Proof { get; private set; } = new(null, null);

    public AuditTrail.Opened? Opened { get; private set; }

    /// <summary>It is so old that a second person has to allow it.</summary>
    public bool NeedsApproval { get; private set; }

    public ZonedClock Clock => ZonedClock.Of(Zone) ?? ZonedClock.Utc;

    public bool MayUnseal => viewer.May(UnsealScope);

    /// <summary>What the entry after this one calls <c>prev</c>.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    public string Readable => JsonSerializer.Serialize(Leaf, Indented);

    public static string Whom(string? about) => about switch
    {
        "patient" => "the patient",
        "person" => "somebody who works here",
        "source" => "the system that sent it",
        _ => "somebody",
    };

    /// <summary>A value of what was sealed: text as it is, all else as JSON.</summary>
    public static string Written(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.ToString() : value.GetRawText();

    /// <summary>A text of the leaf by the names on the way to it; null where the leaf does not say it.</summary>
    public string? Said(params ReadOnlySpan<string> path)
    {
        JsonElement at = Leaf;
        foreach (string name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at.ValueKind is JsonValueKind.String or JsonValueKind.Number ? at.ToString() : null;
    }

    /// <summary>The keys under which something is sealed; none when nothing is.</summary>
    public IReadOnlyList<string> SealedUnder => Leaf.TryGetProperty("sealed", out JsonElement fields)
        && fields.ValueKind == JsonValueKind.Array
        ? [.. fields.EnumerateArray().Select(one => one.TryGetProperty("kid", out JsonElement key) ? key.ToString() : "?")]
        : [];

    public async Task<IActionResult> OnGetAsync(long sequence, CancellationToken cancellation)
    {
        Answer<string> leaf = await trail.LeafAsync(sequence, cancellation);
        if (!leaf.Given)
        {
            return await this.RefuseAsync(leaf.Refusal);
        }

        (Sequence, Text) = (sequence, leaf.Value);
        using JsonDocument read = JsonDocument.Parse(leaf.Value);
        Leaf = read.RootElement.Clone();
        Proof = await trail.ProofAsync(sequence, cancellation);
        return Page();
    }

    public async Task<IActionResult> OnGetLeafAsync(long sequence, CancellationToken cancellation)
    {
        Answer<string> leaf = await trail.LeafAsync(sequence, cancellation);
        return leaf.Given
            ? File(Encoding.UTF8.GetBytes(leaf.Value), "application/json", $"audit-entry-{sequence}.json")
            : await this.RefuseAsync(leaf.Refusal);
    }

    public async Task<IActionResult> OnGetProofAsync(long sequence, CancellationToken cancellation)
    {
        Answer<string> proof = await trail.ProofAsync(sequence, cancellation);
        return proof.Given
            ? File(Encoding.UTF8.GetBytes(proof.Value), "text/plain", $"audit-entry-{sequence}.tlog-proof")
            : await this.RefuseAsync(proof.Refusal);
    }

    /// <summary>Leaf and proof in one line, as the verifier reads it.</summary>
    public async Task<IActionResult> OnGetExportAsync(long sequence, CancellationToken cancellation)
    {
        Answer<string> leaf = await trail.LeafAsync(sequence, cancellation);
        Answer<string> proof = await trail.ProofAsync(sequence, cancellation);
        return (leaf.Refusal ?? proof.Refusal) is { } refusal
            ? await this.RefuseAsync(refusal)
            : File(
                ProvenLine.Of(Convert.ToBase64String(Encoding.UTF8.GetBytes(leaf.Value!)), proof.Value!), ProvenLine.MediaType,
                $"audit-entry-{sequence}.ndjson");
    }

    public async Task<IActionResult> OnPostUnsealAsync(long sequence, CancellationToken cancellation)
    {
        Answer<AuditTrail.Opened> opened = await trail.UnsealAsync(sequence, Reason, cancellation);
        Opened = opened.Value;
        if (!opened.Given)
        {
            NeedsApproval = opened.Refusal.Code == "approval_required";
            this.Tell(opened.Refusal);
        }

        return await OnGetAsync(sequence, cancellation);
    }

    public async Task<IActionResult> OnPostAskAsync(long sequence, CancellationToken cancellation)
    {
        Answer<SealedArchive.Request> asked = await archive.AskForAsync([sequence], Reason, cancellation);
        if (asked.Given)
        {
            TempData["Notice"] = "A colleague who may approve it finds your request in their list now.";
            return Redirect("/audit/unseal-requests");
        }

        NeedsApproval = true;
        this.Tell(asked.Refusal);
        return await OnGetAsync(sequence, cancellation);
    }
}
