using System.Text.Json.Serialization;

namespace AccessGov.DemoHospital.World;

internal sealed record GrantScope(string Kind, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null);

/// <summary>Who has which role where, from when until when; as the service's import takes it.</summary>
internal sealed record Grant(string SubjectId, string Role, GrantScope Scope, DateTimeOffset From, string Reason)
{
    /// <summary>When the oldest grants of the hospital began.</summary>
    public static readonly DateTimeOffset Opening = new(2022, 1, 3, 0, 0, 0, TimeSpan.Zero);

    /// <summary>So late that every run of the demo lies before it.</summary>
    public static readonly DateTimeOffset FarFuture = new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string SubjectType { get; init; } = "User";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }

    public bool ReadOnly { get; init; }

    public static Grant Everywhere(string subject, string role, string reason) => new(subject, role, new GrantScope("everywhere"), Opening, reason);

    public static Grant AtSite(string subject, string role, string site, string reason) => new(subject, role, new GrantScope("site", site), Opening, reason);

    public static Grant AtDepartment(string subject, string role, string department, string reason) =>
        new(subject, role, new GrantScope("department", department), Opening, reason);
}

/// <summary>Who is what to which patient; as the service's import takes it.</summary>
internal sealed record Relation(string Kind, string User, string Patient)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? From { get; init; } = Kind == "self" ? null : Grant.Opening;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }
}

/// <summary>One study of the index; as the service's import takes it.</summary>
internal sealed record Study(string StudyInstanceUid, string PatientId, string Department, string[] Modality, string StudyDate, string AccessionNumber)
{
    public string[] Labels { get; init; } = [];

    public bool Finalized { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReferringPhysician { get; init; }

    public static Study Of(int index, string patient, string department, string modality) => new(
        UidOf(index), patient, department, [modality], new DateOnly(2023, 1, 2).AddDays(Dice.Roll(1270, index, 70)).ToString("yyyyMMdd"), $"A{2_300_000 + index}");

    /// <summary>UIDs of the root 2.25, which is free for numbers that are made at random.</summary>
    public static string UidOf(int index) => $"2.25.318447120955402{index:D6}";
}
