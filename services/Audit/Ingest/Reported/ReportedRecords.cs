using System.Text.Json;

namespace AccessGov.Audit.Ingest.Reported;

/// <summary>
/// From what was reported to events of the trail: one for each patient, and for each study of a single patient. Where several patients and
/// several studies are in one report nothing says which belong together: then each is an event by itself.
/// </summary>
internal static class ReportedRecords
{
    /// <summary>A report about more is kept as it came: one message must not become more than a round of the trail can hold.</summary>
    public const int ObjectsMax = 1_000;

    private const string UnknownStudy = "1.2.40.0.13.1.15.110.3.165.1";

    /// <summary>The events of a report; at least one.</summary>
    /// <param name="reported">The report.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="eventId">What it is called.</param>
    public static IReadOnlyList<AuditRecord> Of(ReportedEvent reported, string source, string eventId)
    {
        ReportedObject[] patients = [.. reported.Objects.Where(IsPatient).DistinctBy(patient => PatientId(patient.Id) ?? patient.Name)];
        string[] studies = [.. reported.Objects.Select(StudyOf).OfType<string>().Distinct(StringComparer.Ordinal)];
        AuditRecord shared = Shared(reported, source, patients.Length);
        return [.. Pairs(patients, studies).Select((pair, index) => shared with
        {
            EventId = index == 0 ? eventId : $"{eventId}/{index + 1}",
            Study = pair.Study,
            Patient = PatientId(pair.Patient?.Id),
            // What they share stands in the first of them.
            PersonDetails = index == 0 ? shared.PersonDetails : null,
            PatientDetails = PatientId(pair.Patient?.Id) is null
                ? null
                : PatientDetails(pair.Patient!, patients.Length == 1 && index == 0 ? reported : null),
        })];
    }

    /// <summary>The patient's id in an id of HL7's form CX; null for none.</summary>
    public static string? PatientId(string? given)
    {
        string id = (given ?? "").Split('~')[0].Split('^')[0].Trim();
        return id is "" or "<none>" or { Length: > ClearText.LengthMax } || id.Any(char.IsControl) ? null : id;
    }

    private static IEnumerable<(ReportedObject? Patient, string? Study)> Pairs(ReportedObject[] patients, string[] studies) =>
        patients.Length <= 1 ? studies.DefaultIfEmpty().Select(study => (patients.FirstOrDefault(), study))
        : studies.Length <= 1 ? patients.Select(patient => ((ReportedObject?)patient, studies.FirstOrDefault()))
        : [.. patients.Select(patient => ((ReportedObject?)patient, (string?)null)),
            .. studies.Select(study => ((ReportedObject?)null, (string?)study))];

    private static AuditRecord Shared(ReportedEvent reported, string source, int patients)
    {
        ReportedParticipant? actor = ReportedPlaces.Actor(reported.Participants);
        (string? address, string? workstation) = ReportedPlaces.Of(actor, reported.Participants);
        return new AuditRecord
        {
            EventId = "",
            OccurredAt = reported.At,
            Kind = reported.Kind,
            Action = ReportedActions.Of(reported),
            Outcome = Outcome(reported),
            Service = ClearText.Identifier(reported.System) is { } system ? ClearText.Identifier($"{source}/{system}") : null,
            Actor = IdInClear(actor),
            PatientActor = actor is { IsPatient: true } ? PatientId(actor.Id) : null,
            Address = address,
            Workstation = workstation,
            Series = reported.Objects.Select(item => item.IdType == "112002" ? ClearText.Uid(item.Id) : null).OfType<string>()
                .FirstOrDefault(),
            Resource = reported.Objects.Select(Resource).OfType<string>().FirstOrDefault() ?? Receiver(reported),
            Reason = Reason(reported),
            Correlation = ClearText.Identifier(reported.Correlation),
            PersonDetails = PersonDetails(reported, actor, patients),
        };
    }

    private static string? IdInClear(ReportedParticipant? actor) =>
        actor is { IsPatient: true } ? null : ClearText.Identifier(actor?.Id);

    private static string Outcome(ReportedEvent reported) => reported.OutcomeIndicator switch
    {
        null or "0" => AuditOutcomes.Success,
        _ when reported.Types.Contains(ReportedActions.RestrictedFunction, StringComparer.Ordinal) => AuditOutcomes.Denied,
        _ => AuditOutcomes.Failure,
    };

    /// <summary>That the outcome is not known weighs more than why it was done; an emergency weighs more than another purpose.</summary>
    private static string? Reason(ReportedEvent reported) =>
        reported.OutcomeIndicator is null ? Completeness.OutcomeNotStated
        : reported.Purposes.Contains(ReportedActions.BreakGlass, StringComparer.Ordinal) ? ReportedActions.BreakGlass
        : reported.Purposes.Concat(reported.Types).Select(ClearText.Code).OfType<string>().FirstOrDefault();

    private static bool IsPatient(ReportedObject item) => item.IdType == "2" || (item.Type == "1" && item.Role is null or "1");

    private static string? StudyOf(ReportedObject item) =>
        (item.IdType == "110180" || (item.IdType is null && item.Type == "2" && item.Role == "3"))
            && ClearText.Uid(item.Id) is { } uid && uid != UnknownStudy
            ? uid
            : null;

    private static string? Resource(ReportedObject item) => ClearText.Identifier(item.Resource ?? item.IdType switch
    {
        "110181" => $"SopClass::{item.Id}",
        "110182" => $"Node::{item.Id}",
        // The path and the query of a URI may have somebody's number in them.
        "12" when Uri.TryCreate(item.Id, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 => $"Uri::{uri.Scheme}://{uri.Authority}",
        _ => null,
    });

    private static string? Receiver(ReportedEvent reported) =>
        ReportedPlaces.Receiver(reported.Participants)?.Id is { Length: > 0 } id ? ClearText.Identifier($"Node::{id}") : null;

    private static JsonElement? PatientDetails(ReportedObject patient, ReportedEvent? alone)
    {
        var details = new Details();
        details.Add("name", patient.Name);
        details.Add("id_as_given", patient.Id);
        details.Add("notes", patient.Notes);
        details.Add("objects", alone is null ? [] : ObjectTexts(alone));
        details.Add("queries", alone is null ? [] : alone.Objects.Select(item => item.Query));
        return details.Build();
    }

    private static JsonElement? PersonDetails(ReportedEvent reported, ReportedParticipant? actor, int patients)
    {
        var details = new Details();
        details.Add("name", actor?.Name);
        details.Add("id_as_given", IdInClear(actor) is null ? actor?.Id : null);
        details.Add("alternative_id", actor?.AlternativeId);
        details.Add("access_point", actor is null ? null : ReportedPlaces.Unplaced(actor));
        details.Add("roles", actor?.Roles ?? []);
        details.Add("outcome", reported.OutcomeText);
        details.Add("others", reported.Participants.Where(participant => participant != actor).Select(Text));
        // With one patient they are that patient's.
        bool theirs = patients == 1 && reported.Objects.Any(item => IsPatient(item) && PatientId(item.Id) is not null);
        details.Add("queries", theirs ? [] : reported.Objects.Select(item => item.Query));
        details.Add("objects", theirs ? [] : ObjectTexts(reported));
        IEnumerable<ReportedObject> unnamed = reported.Objects.Where(item => IsPatient(item) && PatientId(item.Id) is null);
        details.Add("unnamed_patients", theirs ? [] : unnamed.Select(Text));
        return details.Build();
    }

    private static IEnumerable<string> ObjectTexts(ReportedEvent reported) => reported.Objects.Where(item => !IsPatient(item)).Select(Text);

    private static string Text(ReportedObject item) =>
        string.Join(' ', new[] { item.IdType, item.Id, item.Name }.Concat(item.Notes).Where(text => !string.IsNullOrEmpty(text)));

    private static string Text(ReportedParticipant participant) => string.Join(' ', new[]
    {
        string.Join('+', participant.Roles), participant.Id, participant.AlternativeId, participant.Name, participant.AccessPoint,
        participant.Medium,
    }.Where(text => !string.IsNullOrEmpty(text)));
}
