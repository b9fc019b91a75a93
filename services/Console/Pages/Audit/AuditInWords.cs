namespace AccessGov.Console.Pages.Audit;

/// <summary>What entries of the trail say, for people.</summary>
internal static class AuditInWords
{
    /// <summary>The service's words for what was done, and ours.</summary>
    public static IReadOnlyList<(string Action, string Words)> Actions { get; } =
    [
        ("view", "viewed"), ("modify", "changed"), ("delete", "deleted"), ("export", "exported"), ("print", "printed"), ("share", "shared"),
        ("annotate", "annotated"), ("query", "searched"), ("sign_in", "signed in"), ("sign_in_failed", "failed to sign in"),
        ("sign_out", "signed out"), ("administer", "administered"), ("decide", "asked whether they may"),
        ("emergency_start", "began emergency access"), ("emergency_end", "ended emergency access"), ("audit_read", "read the audit trail"),
        ("security_alert", "security alert"), ("application_start", "program started"), ("application_stop", "program stopped"),
        ("other", "something else"),
    ];

    public static IReadOnlyList<(string Outcome, string Words)> Outcomes { get; } =
        [("success", "succeeded"), ("denied", "denied"), ("failure", "failed")];

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["gap"] = "The store does not go on where it stopped.",
        ["event_missing"] = "A position of the store holds no event.",
        ["digest_differs"] = "What the store holds does not hash to what was told.",
        ["batch_unreadable"] = "A batch of decisions cannot be read.",
        ["recount_differs"] = "Something was removed or changed after it was told.",
        ["recount_unknown"] = "What was counted again was never told.",
    };

    public static string OfAction(string action) => Actions.FirstOrDefault(known => known.Action == action).Words ?? Spaced(action);

    public static (string Words, string Mark) OfOutcome(string outcome) => (
        Outcomes.FirstOrDefault(known => known.Outcome == outcome).Words ?? Spaced(outcome),
        outcome switch { "success" => "good", "denied" => "bad", _ => "warn" });

    /// <summary>What it means that a store differs; null for reasons of other entries.</summary>
    public static string? OfReason(string? reason) => reason is null ? null : Reasons.GetValueOrDefault(reason);

    public static string OfFacet(string facet, string value) => facet switch
    {
        "action" => OfAction(value),
        "outcome" => OfOutcome(value).Words,
        _ => value,
    };

    private static string Spaced(string code) => code.Replace('_', ' ');
}
