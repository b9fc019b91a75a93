using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.ForwardAuth;
using AccessGov.PolicyDecision.Studies;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Studies;

/// <summary>The study index and forward-auth behind real HTTP and real tokens, with an evaluator that a test gives.</summary>
internal sealed class StudyHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TokenMint mint;

    private StudyHost(WebApplication app, TokenMint mint)
    {
        this.app = app;
        this.mint = mint;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    public static async Task<StudyHost> StartAsync(
        string connectionString, IEvaluator? evaluator = null, Dictionary<string, string?>? settings = null,
        CancellationToken cancellation = default)
    {
        var issuer = TokenMint.WithNewKey("https://issuer.test", "accessgov", TimeProvider.System);
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Authentication:Issuer"] = "https://issuer.test",
            ["Authentication:Audience"] = "accessgov",
            ["Authentication:Keys"] = issuer.Jwks,
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("policy-decision");
        builder.Services.AddSingleton(NpgsqlDataSource.Create(connectionString));
        builder.Services.AddSingleton(evaluator ?? new RecordingEvaluator());
        builder.Services.AddSingleton<IFacts, NoFacts>().AddSingleton<FactsLease>().AddSingleton<ReplicaLeases>();
        builder.AddStudies();
        builder.AddForwardAuth();
        WebApplication host = builder.Build();
        host.MapServiceDefaults();
        host.MapForwardAuth();
        host.MapStudies();
        await host.StartAsync(cancellation);
        return new StudyHost(host, issuer);
    }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public string TokenOf(string person) => mint.Mint("viewer", ["images.open"], TimeSpan.FromMinutes(5), person);

    /// <summary>The token of a person who signed in as <paramref name="acr"/> says, at <paramref name="signedIn"/>.</summary>
    public string TokenOf(string person, string acr, DateTimeOffset signedIn) =>
        mint.Mint("viewer", ["images.open"], TimeSpan.FromMinutes(5), person, acr, signedIn);

    /// <summary>A person's token that was given for something else than images.</summary>
    public string TokenForOtherThings(string person) => mint.Mint("viewer", ["journal.read"], TimeSpan.FromMinutes(5), person);

    public string TokenOfMachine(params string[] scopes) => mint.Mint("feeder", [.. scopes, "images.open"], TimeSpan.FromMinutes(5));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        mint.Dispose();
    }
}

/// <summary>Remembers what it was asked and answers as it is told; what is refused already stays refused.</summary>
internal sealed class RecordingEvaluator(Func<EvaluationQuestion, (string Reason, string? Text)>? answer = null) : IEvaluator
{
    private readonly List<EvaluationQuestion> asked = [];

    public IReadOnlyList<EvaluationQuestion> Asked => asked;

    public IReadOnlyList<Obligation> Obligations { get; init; } = [];

    public ValueTask<EvaluationAnswer> EvaluateAsync(EvaluationQuestion question, CancellationToken cancellation)
    {
        asked.Add(question);
        (string reason, string? text) =
            question.RefusedAs is { } refused ? (refused, null) : answer?.Invoke(question) ?? ("permitted", null);
        return ValueTask.FromResult(
            new EvaluationAnswer(Guid.CreateVersion7(), reason == "permitted", reason, text, []) { Obligations = Obligations });
    }

    public async ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<EvaluationQuestion> questions, Func<EvaluationAnswer, bool>? isLast, CancellationToken cancellation)
    {
        var answers = new List<EvaluationAnswer>();
        foreach (EvaluationQuestion question in questions)
        {
            answers.Add(await EvaluateAsync(question, cancellation));
        }

        return answers;
    }
}

/// <summary>There are no streams.</summary>
internal sealed class NoFacts : IFacts
{
    public bool IsReady => true;

    public bool AreComplete => true;

    public FactsSnapshot Current => FactsSnapshot.Empty;

    public ValueTask<FactsSnapshot> AtLeastAsync(long position, CancellationToken cancellation) => ValueTask.FromResult(Current);
}
