using System.Data.Common;
using System.Net.Sockets;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.CommandEndpoints;

/// <summary>The one place that says which failures mean that the database is away, and what is answered to whoever it failed. Thread-safe.</summary>
/// <param name="refusals">The service's refusals.</param>
/// <param name="log">Where outages are told.</param>
public class StoreOutageHandler(RefusalTable refusals, ILogger<StoreOutageHandler> log) : IExceptionHandler
{
    /// <summary>Whether the database is away, going or coming, or has no room for one more: the same request may be answered in a moment.</summary>
    public static bool Is(Exception failure) => failure switch
    {
        // What the server still says: class 08 is a connection, 57P a shutdown, a crash or a start.
        PostgresException said => said.IsTransient || said.SqlState.StartsWith("08", StringComparison.Ordinal) || said.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException broken => broken.IsTransient,

        // A name that does not resolve and a connection that is not made in time come as they are.
        SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Whether the database gave no answer, for whatever reason. Whoever decides from it knows nothing then, also where asking again would not help.</summary>
    public static bool LeftUnanswered(Exception failure) => failure is DbException or TimeoutException or SocketException or IOException;

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (RefusalOf(exception) is not { } refusal)
        {
            return false;
        }

        // The route as it is written in the code: the path itself may hold a patient's number.
        log.LogWarning("{Method} {Route}: {Code}, {Failure}", httpContext.Request.Method, (httpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText, refusal.Code, exception.Message);
        int status = refusals.StatusOf(refusal.Code);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "1";
        }

        await Problems.WriteAsync(httpContext, status, refusal.Code, refusal.Sentence);
        return true;
    }

    /// <summary>What a failure is answered with; null for a failure that is a bug.</summary>
    protected virtual Refusal? RefusalOf(Exception failure) =>
        // Whether something was written is not known here: a commit may be what broke.
        Is(failure)
            ? new Refusal("store_unavailable", "The database cannot be reached: send the request again in a moment, a command with the Idempotency-Key that it had.")
            : CommandRunner.NotWritten(failure);
}
