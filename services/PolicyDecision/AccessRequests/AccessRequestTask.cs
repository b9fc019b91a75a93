using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>The task as the enforcement point follows it (AuthZEN access request and approval profile, task status endpoint and cancellation).</summary>
internal static class AccessRequestTask
{
    public static Outcome<AccessRequestEvent> Cancel(AccessRequest state, DateTimeOffset now) => state switch
    {
        AccessRequest.Pending { Request: var request } when now < request.DecideBy => new AccessRequestCancelled(),
        AccessRequest.Cancelled => Outcome.NothingToDo<AccessRequestEvent>(),
        _ => new Refusal("access_request_over", "The request is decided or expired already."),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{RequestAccess.Path}/{{id}}", async (
                string id, HttpContext http, IEventStore store, IOptions<PolicyDecisionOptions> options, TimeProvider clock, CancellationToken cancellation) =>
            {
                AccessRequest state = AccessRequest.Streams.Fold(await store.LoadAsync(AccessRequest.Streams.StreamId(id), cancellation));
                return IsOf(http, state)
                    ? Results.Json(Of(RequestAccess.EndpointOf(options.Value), id, state, clock.GetUtcNow()))
                    : AccessRequestProblems.Of("unknown_task");
            })
            .RequireAuthorization("decisions.evaluate").WithTags("Access requests");
        routes.MapPost($"{RequestAccess.Path}/{{id}}/cancel", async (
                string id, HttpContext http, IEventStore store, Commands commands, IOptions<PolicyDecisionOptions> options, CancellationToken cancellation) =>
            {
                if (!IsOf(http, AccessRequest.Streams.Fold(await store.LoadAsync(AccessRequest.Streams.StreamId(id), cancellation))))
                {
                    return AccessRequestProblems.Of("unknown_task");
                }

                DateTimeOffset now = commands.Now;
                return await commands.RunAsync(
                    http, AccessRequest.Streams, id, state => Cancel(state, now), (task, state) => Results.Json(Of(RequestAccess.EndpointOf(options.Value), task, state, now)));
            })
            .RequireAuthorization("decisions.evaluate").WithTags("Access requests");
    }

    public static JsonObject Of(string endpoint, string id, AccessRequest state, DateTimeOffset now)
    {
        string status = StatusOf(state, now);
        var task = new JsonObject { ["id"] = id, ["status"] = status, ["status_endpoint"] = $"{endpoint}/{id}" };
        if (state is AccessRequest.Pending { Request: var request } && status == "pending")
        {
            task["expires_at"] = request.DecideBy;
            task["links"] = new JsonObject { ["cancel"] = $"{endpoint}/{id}/cancel" };
        }

        var answer = new JsonObject { ["task"] = task };
        if (state is AccessRequest.Approved { Approval: var approval })
        {
            answer["result"] = new JsonObject
            {
                ["mode"] = "reevaluate",
                ["approval"] = new JsonObject { ["id"] = id, ["approved_at"] = approval.At, ["approved_until"] = approval.Until },
            };
        }

        return answer;
    }

    /// <summary>One of the profile's task status values.</summary>
    public static string StatusOf(AccessRequest state, DateTimeOffset now) => state switch
    {
        AccessRequest.Pending { Request: var request } => now < request.DecideBy ? "pending" : "expired",
        AccessRequest.Approved => "approved",
        AccessRequest.Failed => "failed",
        AccessRequest.Denied => "denied",
        AccessRequest.Cancelled => "cancelled",
        _ => throw new InvalidOperationException($"{state.GetType().Name} is no task."),
    };

    // Another client learns nothing of a task, not even that it exists.
    private static bool IsOf(HttpContext http, AccessRequest state) =>
        Caller.Client(http) is { Length: > 0 } client && state is AccessRequest.Asked { Request: var request } && request.Client == client;
}
