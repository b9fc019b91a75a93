using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>What a subject could do at an instant, by classes of resources.</summary>
internal sealed class WhatCould(Instants instants, SubjectRights rights, TimeTravelAccess access, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/time-travel/subject/{type}/{id}", (string type, string id, WhatCould what, HttpContext http, string? at, int? limit, string? after) =>
            TimeTravelModule.PagingOf(limit, after) is { } paging ? what.AnswerAsync(new SubjectKey(type, id), http, at, paging) : Task.FromResult(Commands.Refuse(Paging.Malformed)))
        .RequireAuthorization("facts.read");

    /// <summary>What is wrong with the name of a subject; null when nothing is.</summary>
    public static Refusal? Malformed(SubjectKey subject) =>
        subject.Type is "User" or "Service" && Identifiers.IsForeign(subject.Id)
            ? null
            : new Refusal("subject_malformed", $"A subject is a User or a Service with an id of 1 to {Identifiers.LengthMax} characters, without control characters or surrounding blanks.");

    private async Task<IResult> AnswerAsync(SubjectKey subject, HttpContext http, string? at, Paging paging)
    {
        long started = clock.GetTimestamp();
        Outcome<Circumstances> supposed = Circumstances.Of(http.Request.Query);
        Outcome<DateTimeOffset> instant = await instants.OfAsync(http.RequestAborted, ("at", at));
        if ((Malformed(subject) ?? supposed.Refusal() ?? instant.Refusal()) is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        (IReadOnlyList<ClassRights> classes, bool isLast) = await rights.FindAsync(
            subject, instant.Value(), supposed.Value(), paging.After ?? "", paging.Limit, http.RequestAborted);
        var answer = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["subject"] = new { subject.Type, subject.Id },
            ["at"] = instant.Value(),
            ["classes"] = classes,
        };
        if (!isLast)
        {
            answer["next"] = classes[^1].Class;
        }

        return await access.AnswerAsync(http, new PastQuestion(subject.Type, subject.Id, null, null, instant.Value()), started, answer);
    }
}
