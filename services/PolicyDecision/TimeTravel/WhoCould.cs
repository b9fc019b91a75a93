using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>Who could open a study at an instant, with the policies that permitted it. The study, too, is as it was known then.</summary>
internal sealed class WhoCould(Instants instants, StudyReaders readers, TimeTravelAccess access, IFacts facts, TimeProvider clock)
{
    private const string OpenAction = "study.view";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/time-travel/study/{uid}", (string uid, WhoCould who, HttpContext http, string? at, string? action, int? limit, string? after) =>
            TimeTravelModule.PagingOf(limit, after) is { } paging ? who.AnswerAsync(uid, http, at, action ?? OpenAction, paging) : Task.FromResult(Commands.Refuse(Paging.Malformed)))
        .RequireAuthorization("facts.read");

    private async Task<IResult> AnswerAsync(string uid, HttpContext http, string? at, string action, Paging paging)
    {
        long started = clock.GetTimestamp();
        if (!ActionNames.IsOne(action))
        {
            return Commands.Refuse(new Refusal("request_malformed", "action is the name of an action, for example study.view."));
        }

        Outcome<Circumstances> supposed = Circumstances.Of(http.Request.Query);
        Outcome<DateTimeOffset> instant = await instants.OfAsync(http.RequestAborted, ("at", at));
        if ((supposed.Refusal() ?? instant.Refusal()) is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        DateTimeOffset asked = instant.Value();
        Outcome<StudyFacts> known = await access.StudyAsync(uid, asked, http.RequestAborted);
        if (known.Refusal() is { } unknown)
        {
            return Commands.Refuse(unknown);
        }

        StudyFacts study = known.Value();
        PermittedSubjects found = await readers.FindAsync(study, action, asked, supposed.Value(), paging.After ?? "", paging.Limit, http.RequestAborted);
        var answer = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["study"] = uid,
            ["action"] = action,
            ["at"] = asked,
            ["atSite"] = SiteTime(study, asked),
            ["everybody"] = found.Everybody,
            ["subjects"] = found.Subjects.Select(subject => new { subject.Type, subject.Id, subject.Policies }),
        };
        if (found.Next is { } next)
        {
            answer["next"] = next;
        }

        return await access.AnswerAsync(http, new PastQuestion(HospitalCase.StudyType, uid, study, action, asked), started, answer);
    }

    /// <summary>The time on the site's clocks, with its zone; null when the study lies at no site.</summary>
    private object? SiteTime(StudyFacts study, DateTimeOffset at) =>
        study.Department is { } department && facts.Current.Sites.SiteOfDepartment.TryGetValue(department, out SiteFacts? site)
            ? new { Site = site.Id, Zone = site.Zone.Id, Time = TimeZoneInfo.ConvertTime(at, site.Zone) }
            : null;
}
