using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.Studies;
using AccessGov.PolicyDecision.Tests.Evaluation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>The real search and the real evaluation over one random hospital, without a service around them.</summary>
internal sealed class SearchHarness : IDisposable
{
    private static readonly EnforcementPoint Caller = new("pep", null);

    private readonly PolicyErrors errors;
    private readonly BindingTokens tokens;
    private readonly HospitalEvaluator evaluator;
    private readonly HospitalDecisionPoint decisions;
    private readonly HospitalSearch search;
    private readonly GivenFacts facts;

    public SearchHarness(RandomHospital hospital, FactsSnapshot snapshot)
    {
        var clock = new SettableClock(hospital.Now);
        facts = new GivenFacts(snapshot);
        var index = new GivenStudies(hospital);
        errors = new PolicyErrors(clock, NullLogger<PolicyErrors>.Instance);
        var options = Options.Create(new PolicyDecisionOptions { PublicUrl = new Uri("https://pdp.test") });
        tokens = new BindingTokens(options, clock);
        evaluator = new HospitalEvaluator(facts, index, Journal, errors, new RequestableDenials(tokens, options), new ShadowQueue(), clock, NullLogger<HospitalEvaluator>.Instance);
        decisions = new HospitalDecisionPoint(evaluator);
        search = new HospitalSearch(facts, index, index, Journal, errors, clock);
        Index = index;
    }

    public RememberedDecisions Journal { get; } = new();

    public GivenStudies Index { get; }

    /// <summary>Whether the lease of the facts holds.</summary>
    public bool AreComplete
    {
        get => facts.AreComplete;
        set => facts.AreComplete = value;
    }

    /// <summary>What is known from now on.</summary>
    public FactsSnapshot Snapshot
    {
        get => facts.Current;
        set => facts.Current = value;
    }

    public async Task<SearchAnswer> AnswerAsync(SearchKind kind, string body)
    {
        using var document = JsonDocument.Parse(body);
        SearchRequest request = SearchRequest.Read(kind, document.RootElement, out string error).ShouldNotBeNull(error);
        return await search.SearchAsync(request, Caller, atLeast: null, default);
    }

    /// <summary>What a later page makes of what was found.</summary>
    public async Task<SearchAnswer> AgainAsync(SearchKind kind, string body, SearchAnswer found)
    {
        using var document = JsonDocument.Parse(body);
        SearchRequest request = SearchRequest.Read(kind, document.RootElement, out string error).ShouldNotBeNull(error);
        return await search.JudgeAgainAsync(request, Caller, found, default);
    }

    public async Task<string[]> SearchAsync(SearchKind kind, string body)
    {
        SearchAnswer answer = await AnswerAsync(kind, body);
        answer.Invalid.ShouldBeNull();
        return [.. answer.Results.Select(found => found.Id)];
    }

    public async Task<bool> EvaluateAsync(string body)
    {
        using var document = JsonDocument.Parse(body);
        AuthZenRequest request = AuthZenRequest.Read(document.RootElement, default, out string error).ShouldNotBeNull(error);
        EvaluationAnswer answer = await decisions.EvaluateAsync(request, Caller, default);
        answer.Invalid.ShouldBeNull();
        return answer.Permitted;
    }

    public void Dispose()
    {
        search.Dispose();
        evaluator.Dispose();
        errors.Dispose();
        tokens.Dispose();
    }

    private sealed class GivenFacts(FactsSnapshot snapshot) : IFacts
    {
        public bool IsReady => true;

        public bool AreComplete { get; set; } = true;

        public FactsSnapshot Current { get; set; } = snapshot;

        public ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation) => ValueTask.FromResult(Current);
    }

    /// <summary>The study index of the hospital; away when a test says so.</summary>
    internal sealed class GivenStudies(RandomHospital hospital) : IStudyIndex, IStudyCatalogue
    {
        public bool IsAway { get; set; }

        /// <summary>How many studies were read for searches.</summary>
        public int Read { get; private set; }

        public ValueTask<StudyFacts?> FindAsync(string studyInstanceUid, CancellationToken cancellation)
        {
            ThrowIfAway();
            return ValueTask.FromResult(hospital.Studies.FirstOrDefault(study => study.StudyInstanceUid == studyInstanceUid).Facts);
        }

        public async ValueTask<IReadOnlyList<StudyFacts?>> FindAsync(IReadOnlyList<string> studyInstanceUids, CancellationToken cancellation)
        {
            var found = new List<StudyFacts?>();
            foreach (string uid in studyInstanceUids)
            {
                found.Add(await FindAsync(uid, cancellation));
            }

            return found;
        }

        public async IAsyncEnumerable<SelectedStudy> FindAsync(StudySelection? selection, int studiesMax, [EnumeratorCancellation] CancellationToken cancellation)
        {
            ThrowIfAway();
            foreach (SelectedStudy study in hospital.Studies.Where(study => selection is null || IsSelected(study, selection)))
            {
                Read++;
                yield return study;
            }

            await Task.CompletedTask;
        }

        public async IAsyncEnumerable<string> PatientsAsync(int patientsMax, [EnumeratorCancellation] CancellationToken cancellation)
        {
            ThrowIfAway();
            foreach (string patient in hospital.Studies.SelectMany(study => hospital.PatientsOf(study.StudyInstanceUid)).Distinct(StringComparer.Ordinal))
            {
                yield return patient;
            }

            await Task.CompletedTask;
        }

        public ValueTask<bool> KnowsPatientAsync(string patientId, CancellationToken cancellation)
        {
            ThrowIfAway();
            return ValueTask.FromResult(hospital.Studies.Any(study => hospital.PatientsOf(study.StudyInstanceUid).Contains(patientId)));
        }

        public ValueTask<bool> KnowsReferrerAsync(string userId, CancellationToken cancellation)
        {
            ThrowIfAway();
            return ValueTask.FromResult(hospital.Studies.Any(study => study.Facts?.ReferringPhysician == userId));
        }

        private bool IsSelected(SelectedStudy study, StudySelection selection) =>
            hospital.PatientsOf(study.StudyInstanceUid).Any(selection.Patients.Contains)
            || (study.Facts is { } facts
                && ((facts.Department is { } department && selection.Departments.Contains(department)) || (facts.ReferringPhysician is { } referrer && referrer == selection.ReferringPhysician)));

        private void ThrowIfAway()
        {
            if (IsAway)
            {
                throw new StudyIndexUnavailableException(new IOException("It is away."));
            }
        }
    }

    /// <summary>A journal that keeps its records, or refuses them.</summary>
    internal sealed class RememberedDecisions : IDecisionJournal
    {
        public List<DecisionRecord> Records { get; } = [];

        public bool IsFull { get; set; }

        public ValueTask RecordAsync(DecisionRecord record, CancellationToken cancellation) => RecordAsync([record], cancellation);

        public ValueTask RecordAsync(IReadOnlyList<DecisionRecord> records, CancellationToken cancellation)
        {
            if (IsFull)
            {
                throw new JournalUnavailableException("It is full.");
            }

            Records.AddRange(records);
            return ValueTask.CompletedTask;
        }
    }
}
