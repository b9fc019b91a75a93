namespace AccessGov.Audit.Retention;

/// <summary>What a leaf of kind <c>key.shredded</c> says: the certificate of a shredding.</summary>
/// <param name="Ground">One of <see cref="ShreddingGrounds"/>.</param>
/// <param name="Class">The retention class and the year of receipt, or null when it was a patient's keys.</param>
/// <param name="Year">The year.</param>
/// <param name="FirstApprover">Who approved it: two people, neither of whom proposed it.</param>
/// <param name="SecondApprover">The other one.</param>
/// <param name="Keys">How many keys.</param>
/// <param name="Digest">SHA-256 of the keys' ids in order, each with a line feed behind it, in hexadecimal digits.</param>
/// <param name="Leaves">How many leaves had fields sealed under them.</param>
internal sealed record KeyShredding(
    string Ground, string? Class, int? Year, string FirstApprover, string SecondApprover, long Keys, string Digest, long Leaves)
{
    public const string Kind = "key.shredded";
}

/// <summary>Why keys are shredded.</summary>
internal static class ShreddingGrounds
{
    /// <summary>They have been kept as long as the law demands.</summary>
    public const string Expired = "expired";

    /// <summary>Two patients were taken for one.</summary>
    public const string WrongMerge = "wrong_merge";

    /// <summary>The patient asked for it (Art. 17 GDPR).</summary>
    public const string ErasureRequest = "erasure_request";

    /// <summary>The patient never was one.</summary>
    public const string TestData = "test_data";

    /// <summary>Those that a person names.</summary>
    public static IReadOnlyList<string> OfPatients { get; } = [WrongMerge, ErasureRequest, TestData];
}
