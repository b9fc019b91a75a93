using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>The wiring of the questions about the past.</summary>
internal static class TimeTravelModule
{
    private const int KeyLengthMax = Identifiers.LengthMax + 20;

    public static void AddTimeTravel(this IServiceCollection services)
    {
        services.AddSubscription<FactIntervals>();
        services.AddSingleton<FactHistory>().AddSingleton<Instants>().AddSingleton<TimeTravelAccess>();
        services.AddSingleton<StudyReaders>().AddSingleton<SubjectRights>();
        services.AddSingleton<WhoCould>().AddSingleton<WhatCould>().AddSingleton<WhatChanged>();
    }

    public static void MapTimeTravel(this IEndpointRouteBuilder routes)
    {
        WhoCould.Map(routes);
        WhatCould.Map(routes);
        WhatChanged.Map(routes);
    }

    /// <summary>A page after a key, which is a little longer than an id.</summary>
    public static Paging? PagingOf(int? limit, string? after) => after is { Length: > KeyLengthMax } ? null : Paging.Of(limit, null) is { } paging ? paging with { After = after } : null;

    /// <summary>The refusal, null when there is none.</summary>
    public static Refusal? Refusal<T>(this Outcome<T> outcome) => (outcome as Outcome<T>.Refused)?.Reason;

    /// <summary>What was accepted.</summary>
    public static T Value<T>(this Outcome<T> outcome, int index = 0) => ((Outcome<T>.Accepted)outcome).Events[index];
}
