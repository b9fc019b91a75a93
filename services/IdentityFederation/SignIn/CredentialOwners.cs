using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Who may change what they sign in with: whoever came by an enrolment link, and whoever has shown a moment ago the strongest that they
/// have. A session that was left open, or stolen, is not enough.
/// </summary>
internal sealed class CredentialOwners(LocalSignIn signIn, AccountCommands accounts, CredentialStamps stamps, SealedCookies cookies)
{
    /// <summary>How long ago they may have shown it.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <param name="Person">Who; null when it is not known well enough.</param>
    /// <param name="Enrolling">Whether they set up without a session.</param>
    /// <param name="SignInPath">Where to show it.</param>
    public sealed record Owner(string? Person, Enrolment? Enrolling, string SignInPath)
    {
        /// <summary>Where it goes on when something is set up.</summary>
        public string Back(string done) => QueryHelpers.AddQueryString(Enrolling is null ? AccountPaths.Account : IssueEnrolment.Path, "done", done);
    }

    /// <summary>The enrolment of the request; null without one, and when what it rests on counts no more.</summary>
    public async Task<Enrolment?> EnrolmentAsync(HttpContext http) =>
        cookies.Read<Enrolment>(http, Enrolment.Cookie) is { } enrolling
            && await stamps.HoldsAsync(enrolling.Person, enrolling.Stamp, http.RequestAborted)
            ? enrolling
            : null;

    /// <summary>Begins an enrolment, or goes on with it after a change of its own.</summary>
    public async Task EnrolAsync(HttpContext http, string person, bool onlySecondFactor)
    {
        if (await stamps.OfAsync(person, http.RequestAborted) is { } stamp)
        {
            cookies.Write(http, Enrolment.Cookie, new Enrolment(person, onlySecondFactor, stamp), Enrolment.Lasts);
        }
    }

    public async Task<Owner> FindAsync(HttpContext http, string path)
    {
        if (await EnrolmentAsync(http) is { } enrolling)
        {
            // Whoever came with a password alone sets up the first second factor, and no further one beside it.
            bool may = !(enrolling.OnlySecondFactor && (await accounts.FindAsync(enrolling.Person, http.RequestAborted)).HasSecondFactor);
            return new Owner(may ? enrolling.Person : null, enrolling, IssueEnrolment.Path);
        }

        OpenSession? session = await signIn.SessionAsync(http);
        string strongest = session is null
            ? AuthenticationContexts.SingleFactor
            : LocalSignIn.StrongestOf(await accounts.FindAsync(session.State.Person, http.RequestAborted));
        bool recent = session is not null && session.State.AuthenticatedAt + Recent > accounts.Now
            && AuthenticationContexts.Satisfies(session.State.Proof.Context, strongest);
        return new Owner(recent ? session!.State.Person : null, null, QueryHelpers.AddQueryString(SessionsModule.SignInPath, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["returnUrl"] = path, ["acr_values"] = strongest, ["max_age"] = $"{(int)Recent.TotalSeconds}",
        }));
    }
}
