using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Administration;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Puts a new version of a policy set into force, if every file of it is sound.</summary>
internal static class PublishPolicySet
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(IReadOnlyList<PolicyFile> Files, string Comment);

    /// <param name="state">The versions so far.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="command">What to publish.</param>
    /// <param name="errors">What is wrong with the files; empty when they are sound.</param>
    /// <param name="direct">Whether one person may publish here without a draft that a second one has approved.</param>
    public static Outcome<PolicySetEvent> Decide(PolicyVersions state, string name, Command command, IReadOnlyList<PolicyFault> errors, bool direct)
    {
        string hash = errors.Count == 0 ? PolicyText.Hash(command.Files) : "";
        return state switch
        {
            _ when !Identifiers.IsOwn(name) =>
                new Refusal("policy_set_malformed", "A policy set's name is 1 to 64 lower case letters, digits and inner hyphens."),
            _ when !Identifiers.IsText(command.Comment, 1000) =>
                new Refusal("comment_required", "Say in at most 1000 characters why this version is published."),
            _ when errors.Count > 0 => new Refusal(errors[0].Code, $"{errors.Count} found. The first: {errors[0].Place}: {errors[0].Sentence}"),

            // What is in force already is not a new version: a retried publication is not an error.
            PolicyVersions.Published published when published.Current.Hash == hash => Outcome.NothingToDo<PolicySetEvent>(),

            // Four eyes. The first version has nothing to open yet, and nobody could decide anything without it.
            PolicyVersions.Published when !direct =>
                new Refusal("draft_required", "A new version is written as a draft (POST /policy-drafts), checked, approved by a second person and published from there."),

            PolicyVersions.Published published => new PolicySetPublished(published.Versions.Length + 1, hash, command.Files, command.Comment),
            _ => new PolicySetPublished(1, hash, command.Files, command.Comment),
        };
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-sets/{name}/versions", (
            string name, Command command, Commands commands, PolicySigner signer, AdministrationKept kept, HttpContext http, IOptions<PolicyDecisionOptions> options, IHostEnvironment environment) =>
        {
            bool direct = options.Value.DirectPublication ?? environment.IsDevelopment();
            IReadOnlyList<PolicyFault> errors = PolicyCompiler.Check(command.Files);
            return commands.RunAsync(
                http, PolicyVersions.Streams, name,
                state => signer.Sign(name, kept.Check(Decide(state, name, command, errors, direct), name, commands.Now), Caller.Metadata(http).Actor, commands.Now),
                (_, state) => Results.Ok(PolicySetView.Of(name, state)), refuse: errors.Count > 0 ? reason => new FaultyFiles(reason, errors) : null);
        })
        .RequireAuthorization("policies.manage")
        .WithBodyLimit(PolicyFiles.BodyBytesMax);
}
