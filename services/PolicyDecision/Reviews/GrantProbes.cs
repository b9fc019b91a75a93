using System.Net;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>
/// Finds a question that a grant alone lets through, or would if it were not taken back: whoever took it back asks that, and the denial shows
/// that it is gone. Looking for it decides nothing and journals nothing: nobody asks to open anything. Thread-safe.
/// </summary>
internal sealed class GrantProbes(
    IEventStore store, IFacts facts, IStudyIndex studies, IStudyCatalogue catalogue, RoleRights rights, TimeProvider clock)
{
    // Somebody whom policies trust as much as they trust anybody: what is denied to them is denied for want of the grant.
    private const int AssuranceLevel = 3;

    private const int NetworksMax = 2;
    private const int ResourcesMax = 25;
    private const int QuestionsMax = 10_000;

    private static readonly string?[] Purposes = [null, "TREAT", "HCOMPL"];

    private static readonly string[] Types = [HospitalCase.SystemType, HospitalCase.ArchiveType, HospitalCase.PatientType, HospitalCase.StudyType];

    private readonly RoleEntities roles = new();

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reviewed-grants/{id}/probe", async (string id, long? atPosition, GrantProbes probes, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return await probes.AnswerAsync(http, id, atPosition);
        })
        .RequireAuthorization(ApplyReview.Scope).WithTags("Reviews");

    private async Task<IResult> AnswerAsync(HttpContext http, string id, long? atPosition)
    {
        if (!facts.IsReady)
        {
            return Commands.Refuse(Refusals.FactsNotReady);
        }

        if (await facts.FindAsync(atPosition, clock, http.RequestAborted) is not { } known)
        {
            InvalidQuestion late = InvalidQuestion.PositionNotReached(atPosition);
            return Commands.Refuse(new Refusal(late.Code, late.Sentence));
        }

        if (Grant.Streams.Fold(await store.LoadAsync(Grant.Streams.StreamId(id), http.RequestAborted)).AsGiven is not { } terms)
        {
            return Commands.Refuse(RevokeGrant.Unknown);
        }

        try
        {
            EvaluationQuestion? found = await FindAsync(id, terms, known, Caller.Client(http), http.RequestAborted);
            return Results.Ok(new { question = found is null ? null : Of(found), position = known.Position });
        }
        catch (StudyIndexUnavailableException)
        {
            return Commands.Refuse(new Refusal(Reasons.StudyIndexUnavailable, "The studies cannot be looked up now: try again in a moment."));
        }
        catch (ArgumentException tooLarge)
        {
            return Commands.Refuse(new Refusal("matrix_too_large", tooLarge.Message));
        }
    }

    /// <summary>The first question that is permitted with the grant and not without it; null when there is none among those that are tried.</summary>
    private async Task<EvaluationQuestion?> FindAsync(
        string id, GrantGiven terms, FactsSnapshot known, string client, CancellationToken cancellation)
    {
        if (known.RetiredRoles.Contains(terms.Role))
        {
            return null;
        }

        var subject = new SubjectKey(terms.SubjectType, terms.SubjectId);
        var grant = new GrantFact(id, terms.Role, new GrantScope(terms.ScopeKind, terms.ScopeId), terms.From, terms.Until, terms.ReadOnly);
        SubjectFacts person = known.Subjects.GetValueOrDefault(subject, SubjectFacts.None);
        GrantFact[] others = [.. person.Grants.Where(held => held.GrantId != id)];
        FactsSnapshot with = Holding([.. others, grant]), without = Holding(others);
        var reached = new HospitalCandidates(Holding([grant]), studies, catalogue);
        DateTimeOffset now = clock.GetUtcNow();
        int tried = 0;
        foreach (EvaluationQuestion kind in Kinds(grant, known, subject, client))
        {
            await foreach (Candidate thing in reached.ResourcesAsync(kind, now, cancellation, ResourcesMax).Take(ResourcesMax).WithCancellation(cancellation))
            {
                foreach (EvaluationQuestion question in InContexts(kind with { ResourceId = thing.Id }, grant.Scope, known, now))
                {
                    if (++tried > QuestionsMax)
                    {
                        return null;
                    }

                    if (IsPermitted(question, with, thing.Study, now) && !IsPermitted(question, without, thing.Study, now))
                    {
                        return question;
                    }
                }
            }
        }

        return null;

        FactsSnapshot Holding(GrantFact[] grants)
        {
            ShardedMap<SubjectKey, SubjectFacts>.Builder subjects = known.Subjects.ToBuilder();
            subjects[subject] = person.Holding([.. grants]);
            return known with { Subjects = subjects.ToImmutable() };
        }
    }

    /// <summary>What the grant gives, with each type of thing that it may be done with, the likeliest first.</summary>
    private IEnumerable<EvaluationQuestion> Kinds(GrantFact grant, FactsSnapshot known, SubjectKey subject, string client) =>
        from cell in rights.Of(known).GetValueOrDefault(grant.Role, []).Where(cell => cell.IsGivenBy([grant]))
        from type in Types.OrderByDescending(type => cell.Action.StartsWith($"{type.ToLowerInvariant()}.", StringComparison.Ordinal))
        select new EvaluationQuestion(subject.Type, subject.Id, cell.Action, type, "", client, null, "authzen", null);

    private static IEnumerable<EvaluationQuestion> InContexts(EvaluationQuestion question, GrantScope scope, FactsSnapshot known, DateTimeOffset now)
    {
        // The networks of the place that it holds for come first: elsewhere it may hold for nobody.
        SiteFacts? place = scope switch
        {
            { Kind: GrantScopeKind.Site, Id: { } site } => known.Sites.Sites.GetValueOrDefault(site),
            { Kind: GrantScopeKind.Department, Id: { } department } => known.Sites.SiteOfDepartment.GetValueOrDefault(department),
            _ => null,
        };
        IPAddress?[] addresses = [.. known.Sites.Networks.OrderByDescending(network => network.Site == place).Take(NetworksMax)
            .Select(network => AddressIn(network.Named.Network)).DefaultIfEmpty()];
        return from address in addresses
               from purpose in Purposes
               select question with { SourceIp = address, Context = new EnforcementPointContext(AssuranceLevel, now, purpose) };
    }

    private static IPAddress AddressIn(IPNetwork network)
    {
        byte[] bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1] |= (byte)(network.PrefixLength < bytes.Length * 8 ? 1 : 0);
        return new IPAddress(bytes);
    }

    private bool IsPermitted(EvaluationQuestion question, FactsSnapshot snapshot, StudyFacts? study, DateTimeOffset now) =>
        HospitalCase.RefusedAs(question, study) is null && new HospitalCase(question, snapshot, study, now, roles).Judge().Permitted;

    private static object Of(EvaluationQuestion question) => new
    {
        subject = new { type = question.SubjectType, id = question.SubjectId },
        action = new { name = question.Action },
        resource = new { type = question.ResourceType, id = question.ResourceId },
        context = new
        {
            sourceIp = question.SourceIp?.ToString(),
            assuranceLevel = question.Context!.AssuranceLevel,
            authenticatedAt = question.Context.AuthenticatedAt,
            purposeOfUse = question.Context.PurposeOfUse,
        },
    };
}
