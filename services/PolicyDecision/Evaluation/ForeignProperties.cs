using System.Collections.Frozen;
using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// What an enforcement point says about a resource of a type that the service keeps nothing about, and about who asks for it: there, nobody else can say it. Of
/// the hospital's own types the facts alone count.
/// </summary>
/// <param name="Subject">The subject's properties; none where the subject is of a type of the service's own.</param>
/// <param name="Resource">The resource's properties.</param>
/// <param name="Action">The action's properties; null when it has none.</param>
internal sealed record ForeignProperties(RecordValue Subject, RecordValue Resource, RecordValue? Action)
{
    private static readonly FrozenSet<string> OwnTypes = FrozenSet.Create(
        StringComparer.Ordinal, "User", "Service", HospitalCase.StudyType, HospitalCase.PatientType, "Department", "Site", HospitalCase.ArchiveType,
        HospitalCase.SystemType, Membership.RoleType, Membership.ReaderType, "Action");

    /// <summary>Whether the service itself says what there is of this type.</summary>
    public static bool IsOwn(string type) => OwnTypes.Contains(type);

    /// <summary>Null when the request is about the service's own; likewise, with a sentence, when a property is no value that Cedar has.</summary>
    public static ForeignProperties? Of(AuthZenRequest request, out string error)
    {
        error = "";
        if (IsOwn(request.Resource.Type))
        {
            return null;
        }

        try
        {
            return new ForeignProperties(
                IsOwn(request.Subject.Type) ? RecordValue.Empty : RequestProperties.Read(request.Subject.Properties, "subject.properties"),
                RequestProperties.Read(request.Resource.Properties, "resource.properties"),
                request.Action.Properties.ValueKind == System.Text.Json.JsonValueKind.Undefined ? null
                    : RequestProperties.Read(request.Action.Properties, "action.properties"));
        }
        catch (FormatException problem)
        {
            error = problem.Message;
            return null;
        }
    }
}
