using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// What happens after somebody has shown a factor: another one is asked for, or what they do is logged they acknowledge, or they are in.
/// </summary>
internal sealed class LocalSignIn(
    AccountCommands accounts, SessionBeginning beginning, OpenSessions sessions, NeededContexts contexts, SealedCookies cookies,
    CredentialStamps stamps, KnownDevices devices, ILogger<LocalSignIn> logger)
{
    public const string TicketCookie = "sign-in";
    public const string SecondFactorPath = "/sign-in/second-factor";
    public const string AcknowledgementPath = "/sign-in/acknowledgement";

    /// <summary>How long somebody may take from one factor to the next.</summary>
    public static readonly TimeSpan TicketLasts = TimeSpan.FromMinutes(5);

    private static readonly Refusal PasskeyRequired = new(
        "passkey_required",
        "This needs a passkey, and you have none yet: sign in without it, register one on your account page, then try again.");

    private static readonly Refusal SecondFactorRequired = new(
        "second_factor_required",
        "From where you are, you sign in with a second factor, and you have none yet. Set one up within the hospital's networks, "
        + "or ask the service desk for an enrolment link.");

    private static readonly Refusal ProviderFactorMissing = new(
        "provider_factor_missing",
        "This needs two factors. Your organisation's sign-in showed one, and you have none here: ask your organisation for two, "
        + "or our service desk for an enrolment link.");

    /// <summary>The session of the request; null without one.</summary>
    public async Task<OpenSession?> SessionAsync(HttpContext http) =>
        (await http.AuthenticateAsync(SessionTickets.Scheme)).Principal?.FindFirst(SessionTickets.SessionClaim)?.Value is { } id
            ? sessions.Find(id) : null;

    /// <summary>The half-done sign-in of the request; null without one, and when what it rests on counts no more.</summary>
    public async Task<SignInTicket?> TicketAsync(HttpContext http) =>
        cookies.Read<SignInTicket>(http, TicketCookie) is { } ticket
            && (ticket.Session is null || sessions.Find(ticket.Session) is not null)
        && await stamps.HoldsAsync(ticket.Person, ticket.Stamp, http.RequestAborted)
            ? ticket
            : null;

    /// <summary>What a browser was in the middle of ends with the session.</summary>
    public static void Forget(HttpContext http, SealedCookies cookies)
    {
        cookies.Delete(http, TicketCookie);
        cookies.Delete(http, Enrolment.Cookie);
    }

    /// <summary>The strongest that somebody can show.</summary>
    public static string StrongestOf(Account account) =>
        !account.Passkeys.IsEmpty ? AuthenticationContexts.PhishingResistant
        : account.AppEnrolledAt is not null ? AuthenticationContexts.MultiFactor
        : AuthenticationContexts.SingleFactor;

    /// <summary>Goes on after these methods were shown.</summary>
    /// <param name="http">The request.</param>
    /// <param name="person">Who.</param>
    /// <param name="methods">What they have shown.</param>
    /// <param name="wish">What was asked for at the beginning.</param>
    /// <param name="vouched">The identity provider that says so; null where they showed it here.</param>
    public async Task<Step> GoOnAsync(HttpContext http, string person, IReadOnlyList<string> methods, SignInWish wish,
        Vouched? vouched = null)
    {
        Account account = await accounts.FindAsync(person, http.RequestAborted);
        string needed = await NeededAsync(http, person, account, wish);
        if (!AuthenticationContexts.Satisfies(AuthenticationContexts.Of(methods), needed))
        {
            return await AskForMoreAsync(http, person, methods, account, needed, wish, vouched);
        }

        return account.AcknowledgedAt is null
            ? await AskAsync(http, AcknowledgementPath, person, methods, needed, wish, vouched)
            : await FinishAsync(http, new SignInTicket(person, methods, needed, wish, "", null, vouched));
    }

    /// <summary>The person has acknowledged that what they do is logged.</summary>
    public async Task<Step> AcknowledgeAsync(HttpContext http, SignInTicket ticket) =>
        !AuthenticationContexts.Satisfies(AuthenticationContexts.Of(ticket.Methods), ticket.Needed)
            ? new Step(SecondFactorPath)
            : await accounts.RunAsync(http, ticket.Person, state => AccountRules.Acknowledge(state, accounts.Now)) is { } refusal
                ? new Step(null, refusal)
                : await FinishAsync(http, ticket);

    private async Task<Step> FinishAsync(HttpContext http, SignInTicket ticket)
    {
        (string person, Vouched? vouched) = (ticket.Person, ticket.Vouched);
        var proof = new Proof(ticket.Methods, AuthenticationContexts.Of(ticket.Methods), vouched?.Provider, vouched?.Session);
        if (await beginning.SignInAsync(http, person, proof, vouched) is { } refusal)
        {
            return new Step(null, refusal);
        }

        // On a shared computer, what somebody else began to set up is not this person's.
        Forget(http, cookies);
        devices.Remember(http, person);
        Log.SignedIn(logger, person, proof.Context);
        return new Step(ticket.Wish.ReturnUrl ?? AccountPaths.Account);
    }

    private async Task<Step> AskForMoreAsync(
        HttpContext http, string person, IReadOnlyList<string> methods, Account account, string needed, SignInWish wish, Vouched? vouched)
    {
        if (AuthenticationContexts.Satisfies(StrongestOf(account), needed))
        {
            return await AskAsync(http, SecondFactorPath, person, methods, needed, wish, vouched);
        }

        if (account.HasSecondFactor)
        {
            return new Step(null, PasskeyRequired);
        }

        if (vouched is not null)
        {
            return new Step(null, ProviderFactorMissing);
        }

        // Outside, the password alone is no reason to believe that it is they who set the factor up.
        if (!contexts.IsInside(http))
        {
            return new Step(null, SecondFactorRequired);
        }

        if (await stamps.OfAsync(person, http.RequestAborted) is not { } stamp)
        {
            return new Step(null, PageRefusals.TicketSpent);
        }

        cookies.Write(http, Enrolment.Cookie, new Enrolment(person, OnlySecondFactor: true, stamp), Enrolment.Lasts);
        return new Step(IssueEnrolment.Path);
    }

    private async Task<string> NeededAsync(HttpContext http, string person, Account account, SignInWish wish)
    {
        string needed = await contexts.OfAsync(http, person, wish.Asked);

        // Whoever goes on in a session shows again what it rests on: a password alone does not freshen a session that a passkey began.
        string strongest = StrongestOf(account);
        return await SessionAsync(http) is { } present && present.State.Person == person
            ? AuthenticationContexts.Stronger(
                needed, AuthenticationContexts.Satisfies(present.State.Proof.Context, strongest) ? strongest : present.State.Proof.Context)
            : needed;
    }

    private async Task<Step> AskAsync(
        HttpContext http, string path, string person, IReadOnlyList<string> methods, string needed, SignInWish wish, Vouched? vouched)
    {
        string? session = await SessionAsync(http) is { } present && present.State.Person == person ? present.Id : null;
        if (await stamps.OfAsync(person, http.RequestAborted) is not { } stamp)
        {
            return new Step(null, PageRefusals.TicketSpent);
        }

        cookies.Write(http, TicketCookie, new SignInTicket(person, methods, needed, wish, stamp, session, vouched), TicketLasts);
        return new Step(path);
    }
}

/// <summary>Where it goes on, or why it does not.</summary>
internal sealed record Step(string? Path, Refusal? Refusal = null);

/// <summary>A sign-in that is half done.</summary>
/// <param name="Person">Who.</param>
/// <param name="Methods">What they have shown.</param>
/// <param name="Needed">The context that is needed.</param>
/// <param name="Wish">What was asked for at the beginning.</param>
/// <param name="Stamp">What it rests on (<see cref="CredentialStamps"/>).</param>
/// <param name="Session">The session that it steps up; null without one.</param>
/// <param name="Vouched">The identity provider that says so; null where they showed it here.</param>
internal sealed record SignInTicket(
    string Person, IReadOnlyList<string> Methods, string Needed, SignInWish Wish, string Stamp, string? Session, Vouched? Vouched = null);

/// <summary>An identity provider that says who somebody is.</summary>
/// <param name="Provider">Its issuer.</param>
/// <param name="Session">Its name of its session; null when it has none.</param>
/// <param name="AuthenticatedAt">When it asked them last.</param>
/// <param name="Statement">How it may take that back; null where a session of ours rests on it already, which ends then.</param>
internal sealed record Vouched(string Provider, string? Session, DateTimeOffset AuthenticatedAt, Statement? Statement = null);

/// <summary>What a sign-in is asked for.</summary>
/// <param name="ReturnUrl">Where to go then; a path of this service.</param>
/// <param name="Asked">The weakest context that will do; null when any will.</param>
internal sealed record SignInWish(string? ReturnUrl, string? Asked);

/// <summary>A person who sets up what they sign in with, without a session.</summary>
/// <param name="Person">Who.</param>
/// <param name="OnlySecondFactor">Whether they came with a password, which is not to be replaced then, or with a link.</param>
/// <param name="Stamp">What it rests on (<see cref="CredentialStamps"/>).</param>
internal sealed record Enrolment(string Person, bool OnlySecondFactor, string Stamp)
{
    public const string Cookie = "enrolment";
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);
}
