using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>What changed between two instants for a subject or for a study: the events, and which rights are there now and were not, or the other way round.</summary>
internal sealed class WhatChanged(Instants instants, FactHistory history, StudyReaders readers, SubjectRights rights, TimeTravelAccess access, IFacts facts, TimeProvider clock)
{
    private const int EventsMax = 1_000;
    private const int ComparedMax = StudyReaders.CandidatesMax;

    private static readonly Refusal TooMuch = new(
        "too_much_to_compare", $"More than {ComparedMax} subjects or classes are concerned: ask for both instants page by page (GET /time-travel/study, /time-travel/subject).");

    public sealed record Query(string? From, string? To, string? Subject, string? Study, string? Action, string SubjectType = "User");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/time-travel/changes", (
            WhatChanged what, HttpContext http, string? from, string? to, string? subject, string? subjectType, string? study, string? action) =>
            what.AnswerAsync(http, new Query(from, to, subject, study, action, subjectType ?? "User")))
        .RequireAuthorization("facts.read");

    private async Task<IResult> AnswerAsync(HttpContext http, Query query)
    {
        long started = clock.GetTimestamp();
        Outcome<Circumstances> supposed = Circumstances.Of(http.Request.Query);
        Outcome<DateTimeOffset> span = await instants.OfAsync(http.RequestAborted, ("from", query.From), ("to", query.To));
        if ((Malformed(query) ?? supposed.Refusal() ?? span.Refusal()) is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        (DateTimeOffset from, DateTimeOffset to) = (span.Value(0), span.Value(1));
        return from > to ? Commands.Refuse(new Refusal("span_malformed", "from is not after to."))
            : query.Study is { } uid ? await OfStudyAsync(http, started, uid, query.Action ?? "study.view", from, to, supposed.Value())
            : await OfSubjectAsync(http, started, new SubjectKey(query.SubjectType, query.Subject!), from, to, supposed.Value());
    }

    private static Refusal? Malformed(Query query) => query switch
    {
        { Subject: null, Study: null } or { Subject: not null, Study: not null } => new Refusal("request_malformed", "Name a subject or a study, one of the two."),
        { Action: { } action } when !ActionNames.IsOne(action) => new Refusal("request_malformed", "action is the name of an action, for example study.view."),
        { Subject: { } subject } => WhatCould.Malformed(new SubjectKey(query.SubjectType, subject)),
        _ => null,
    };

    private async Task<IResult> OfSubjectAsync(HttpContext http, long started, SubjectKey subject, DateTimeOffset from, DateTimeOffset to, Circumstances supposed)
    {
        (IReadOnlyList<ClassRights> before, bool all) = await rights.FindAsync(subject, from, supposed, "", ComparedMax, http.RequestAborted);
        (IReadOnlyList<ClassRights> after, bool allAfter) = await rights.FindAsync(subject, to, supposed, "", ComparedMax, http.RequestAborted);
        if (!all || !allAfter)
        {
            return Commands.Refuse(TooMuch);
        }

        IReadOnlyList<StoredEvent> events = await history.EventsBetweenAsync(
            from, to, FactIntervals.SubjectOf(subject.Type, subject.Id), null, [], EventsMax + 1, http.RequestAborted);
        var (old, now) = (Rights(before), Rights(after));
        return await access.AnswerAsync(
            http, new PastQuestion(subject.Type, subject.Id, null, null, from, to), started,
            Answer(new { subject.Type, subject.Id }, from, to, events, Missing(now, old), Missing(old, now)));

        static Dictionary<string, object> Rights(IReadOnlyList<ClassRights> classes) => classes
            .SelectMany(found => found.Permitted.Select(right => (Key: $"{found.Class}\n{right.ResourceType}\n{right.Action}", Right: (object)new { found.Class, right.Action, right.ResourceType, right.Policies })))
            .ToDictionary(pair => pair.Key, pair => pair.Right, StringComparer.Ordinal);
    }

    private async Task<IResult> OfStudyAsync(HttpContext http, long started, string uid, string action, DateTimeOffset from, DateTimeOffset to, Circumstances supposed)
    {
        Outcome<StudyFacts> then = await access.StudyAsync(uid, from, http.RequestAborted);
        Outcome<StudyFacts> known = await access.StudyAsync(uid, to, http.RequestAborted);
        if ((then.Refusal() ?? known.Refusal()) is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        StudyFacts study = known.Value();
        PermittedSubjects before = await readers.FindAsync(then.Value(), action, from, supposed, "", ComparedMax, http.RequestAborted);
        PermittedSubjects after = await readers.FindAsync(study, action, to, supposed, "", ComparedMax, http.RequestAborted);
        if (before.Next is not null || after.Next is not null)
        {
            return Commands.Refuse(TooMuch);
        }

        IReadOnlyList<StoredEvent> events = await history.EventsBetweenAsync(
            from, to, null, study.PatientId, [.. StudyReaders.ScopesOf(study, facts.Current.Sites)], EventsMax + 1, http.RequestAborted);
        var (old, now) = (Rights(before), Rights(after));
        return await access.AnswerAsync(
            http, new PastQuestion(HospitalCase.StudyType, uid, study, action, from, to), started,
            Answer(new { Type = HospitalCase.StudyType, Id = uid }, from, to, events, Missing(now, old), Missing(old, now)));

        static Dictionary<string, object> Rights(PermittedSubjects found) =>
            found.Subjects.ToDictionary(subject => subject.Key, subject => (object)new { subject.Type, subject.Id, subject.Policies }, StringComparer.Ordinal);
    }

    private static IEnumerable<object> Missing(Dictionary<string, object> of, Dictionary<string, object> there) =>
        of.Where(pair => !there.ContainsKey(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value);

    private static object Answer(object about, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<StoredEvent> events, IEnumerable<object> gained, IEnumerable<object> lost) => new
    {
        About = about,
        From = from,
        To = to,
        Events = events.Take(EventsMax).Select(Of),
        MoreEvents = events.Count > EventsMax,
        Gained = gained,
        Lost = lost,
    };

    private static object Of(StoredEvent stored) => new
    {
        stored.Position,
        At = stored.RecordedAt,
        Event = stored.Name,
        Stream = stored.StreamId,
        By = stored.Metadata.Actor,

        // A policy set's text is read by its version.
        What = stored.Data switch
        {
            PolicySetPublished e => new { e.Version, e.Hash, e.Comment },
            PolicySetRolledBack e => new { e.Version, e.Hash },
            var other => other,
        },
    };
}
