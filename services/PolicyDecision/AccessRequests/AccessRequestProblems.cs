namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>The problem types of the AuthZEN access request and approval profile (error responses).</summary>
internal static class AccessRequestProblems
{
    private const string Prefix = "urn:openid:authzen:access-request:error:";

    public static IResult Of(string code, string? sentence = null)
    {
        (int status, bool registered, string usual) = code switch
        {
            "not_requestable" => (StatusCodes.Status400BadRequest, true, "This access cannot be asked for."),
            "expired_denial" => (StatusCodes.Status410Gone, true, "The denial is too old to ask for access: evaluate again, and use the new denial."),
            "invalid_denial_binding" => (StatusCodes.Status400BadRequest, true, "The binding token is not of a denial of this very question to this client: evaluate again, and return its token unchanged."),
            "unknown_task" => (StatusCodes.Status404NotFound, true, "There is no such access request for this client."),
            "invalid_task_state" => (StatusCodes.Status409Conflict, true, "The request is decided, cancelled or expired already."),
            _ => (StatusCodes.Status400BadRequest, false, "The request is malformed."),
        };
        return Results.Problem(
            type: registered ? Prefix + code : $"urn:accessgov:{Refusals.Service}:{code}", title: code.Replace('_', ' '), detail: sentence ?? usual, statusCode: status);
    }
}
