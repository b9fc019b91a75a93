using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Learning;

/// <summary>
/// Takes a lesson into PolicyDecision as a draft of the policy set that decides, as whoever asks: their rights there apply, and so does all
/// that stands between a draft and a policy in force.
/// </summary>
internal sealed class ProposeLesson(ShowLessons lessons, PolicyDrafts drafts)
{
    private static readonly Refusal LessonUnknown = new(
        "lesson_unknown", "There is no proposal for this role and department in this time: read the lessons again.");

    /// <param name="From">The time that the lesson is from, as it was read.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Role, string Department, DateTimeOffset? From = null, DateTimeOffset? To = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(
            "/emergency-cases/lessons/propose",
            (Command command, ProposeLesson propose, HttpContext http) => propose.RunAsync(command, http))
        .RequireAuthorization("policies.manage");

    private async Task<IResult> RunAsync(Command command, HttpContext http)
    {
        if (Caller.Person(http) is null)
        {
            return Refusals.Answer(new Refusal(
                "person_required", "Drafts are written by people: come with a token that names you as its subject."));
        }

        (Refusal? refusal, ShowLessons.Answer? found) = await lessons.FindAsync(command.From, command.To, http.RequestAborted);
        if (found is null)
        {
            return Refusals.Answer(refusal!);
        }

        Lesson? meant = found.Lessons.FirstOrDefault(lesson => lesson.Role == command.Role && lesson.Department == command.Department);
        return meant is { Proposal: { } proposal }
            ? await drafts.WriteAsync(
                http, proposal,
                $"Learnt from {meant.Cases} justified emergencies of {meant.People} people ({meant.Role}, {meant.Department}).")
            : Refusals.Answer(LessonUnknown);
    }
}
