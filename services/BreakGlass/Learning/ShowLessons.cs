using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Evidence;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Learning;

/// <summary>What can be learnt from the justified cases of some time. Drills are none of them.</summary>
internal sealed class ShowLessons(CaseFacts facts, IOptions<BreakGlassOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(90);

    private static readonly Refusal PeriodMalformed = new("period_malformed", "from is before to.");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/emergency-cases/lessons", async (ShowLessons show, HttpContext http, DateTimeOffset? from, DateTimeOffset? to) =>
            await show.FindAsync(from, to, http.RequestAborted) switch
            {
                (var refusal, null) => Refusals.Answer(refusal!),
                (_, var found) => Results.Ok(found),
            })
        .RequireAuthorization(ReviewEmergencyAccess.Scope);

    /// <param name="CasesMin">From how many cases on something is proposed.</param>
    public sealed record Answer(DateTimeOffset From, DateTimeOffset To, int CasesMin, IReadOnlyList<Lesson> Lessons);

    /// <summary>The cases invoked in a time; the last 90 days unless given.</summary>
    public async Task<(Refusal? Refusal, Answer? Answer)> FindAsync(
        DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellation)
    {
        DateTimeOffset until = to ?? clock.GetUtcNow();
        DateTimeOffset since = from ?? (until - DateTimeOffset.MinValue > Usual ? until - Usual : DateTimeOffset.MinValue);
        if (since >= until)
        {
            return (PeriodMalformed, null);
        }

        IReadOnlyList<JustifiedCases> cases = await facts.JustifiedAsync(since, until, cancellation);
        int casesMin = options.Value.LessonCasesMin;
        return (null, new Answer(since, until, casesMin, Lessons.Of(cases, casesMin, since, until)));
    }
}
