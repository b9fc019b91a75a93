namespace AccessGov.Console.Pages.Audit;

/// <summary>What a shredding says, for people.</summary>
internal static class ShreddingInWords
{
    /// <summary>Why a patient's keys are shredded, as the service calls it, and for people.</summary>
    public static IReadOnlyList<(string Ground, string Words)> GroundsOfPatients { get; } =
    [
        ("wrong_merge", "two patients were merged who are not one"), ("test_data", "test data, about nobody"),
        ("erasure_request", "the patient asks for erasure"),
    ];

    public static string OfGround(string ground) => ground == "expired" ? "the time to keep it is over"
        : GroundsOfPatients.FirstOrDefault(one => one.Ground == ground).Words ?? ground.Replace('_', ' ');

    /// <summary>How far it has come, and what is next.</summary>
    public static (string Words, string Mark, string Next) OfState(TrailRetention.Shredding shredding) => shredding.State switch
    {
        "proposed" => (shredding.FirstApprover is null ? "waits for two approvals" : "waits for the second approval", "warn",
            "Two people approve it, neither of whom proposed it; each can deny it."),
        "approved" => ("approved", "warn", "Its keys are taken away from their subjects next; look again in a minute."),
        "condemned" => ("condemned", "warn", "Nobody can open or seal with its keys any more. The trail says so next."),
        "recorded" => ("recorded", "warn", "What is destroyed is told to the trail; then the keys are destroyed."),
        "destroyed" => ("destroyed", "warn", "The keys are destroyed. It is tried to open what was sealed under them, in vain."),
        "done" => ("done", "good", "The keys are destroyed, and what was sealed under them does not open. The certificate proves it."),
        "denied" => ("denied", "plain", "Nothing is shredded. A person may propose it again."),
        "stopped" => ("stopped", "bad", "After the approval a legal hold came, or nothing was left: nothing is shredded."),
        _ => (shredding.State, "plain", ""),
    };

    /// <summary>How many keys it is about, and what speaks against destroying them.</summary>
    public static string OfKeys(long keys, TrailRetention.ShreddingProposal proposal) => string.Join(
        ", ", new[]
        {
            Shown.Number(keys),
            proposal.Held is > 0 and var held ? $"{Shown.Number(held)} of them under a legal hold" : null,
            proposal.Running is > 0 and var running ? $"{Shown.Number(running)} of them in their legal period" : null,
        }.OfType<string>());

    public static string OfApprovers(TrailRetention.Shredding shredding) => (shredding.FirstApprover, shredding.SecondApprover) switch
    {
        (null, _) => "by nobody",
        ({ } first, null) => $"by {first}",
        ({ } first, { } second) => $"by {first} and {second}",
    };

    /// <summary>Who proposed it: a person, or the service, as the time is over.</summary>
    public static string OfProposer(string proposer) => proposer == "audit" ? "Audit itself, as the time is over" : proposer;
}
