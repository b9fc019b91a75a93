using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>
/// What a password must be: long, not easily guessed, and known to nobody else. No rule asks for digits or signs: they make passwords
/// worse.
/// </summary>
internal sealed class PasswordRules(IOptions<AccountSettings> settings, BreachedPasswords breached)
{
    public const int LengthMax = 256;

    // Of zero to four: guessing would take a hundred million attempts or more.
    private const int ScoreMin = 3;

    // It takes long for long texts, and what is hard to guess is so after this many.
    private const int CharactersJudged = 72;

    // The dictionaries of the estimator are English. These are tried first in a place like this, too.
    private static readonly string[] OfThePlace =
    [
        "accessgov", "hospital", "radiology", "krankenhaus", "klinik", "spital", "radiologie", "willkommen", "passwort", "geheim", "sommer",
        "qwertzuiop",
    ];

    /// <summary>The shortest password.</summary>
    public int LengthMin => settings.Value.PasswordLengthMin;

    /// <summary>What is wrong with a password; null when nothing is.</summary>
    /// <param name="password">The password.</param>
    /// <param name="userName">What its person signs in with.</param>
    /// <param name="known">Words that others know of the person (<see cref="WordsOf"/>).</param>
    public Refusal? Fault(string password, string userName, IReadOnlyList<string> known)
    {
        int characters = password.EnumerateRunes().Count();
        return characters < LengthMin
                ? new Refusal("password_short", $"A password has at least {LengthMin} characters; several words are easy to remember.")
            : characters > LengthMax || password.Contains('\0', StringComparison.Ordinal)
                ? new Refusal("password_long", $"A password has at most {LengthMax} characters, none of them NUL.")
            : IsMostly(password, userName) || IsMostly(password, userName.Split('@')[0])
                ? new Refusal("password_is_name", "The password is hardly more than your user name.")
            : breached.Contains(password) || IsGuessable(password, known)
                ? new Refusal(
                    "password_known",
                    "This password is on lists that attackers try first, or easily guessed: take four words or more that have "
                    + "nothing to do with each other or with you.")
                : null;
    }

    /// <summary>
    /// What others know of a person and would try first: the names of the person and of the organisation, and addresses, whole and word by
    /// word.
    /// </summary>
    public static IReadOnlyList<string> WordsOf(PersonProfile profile, string? organisation)
    {
        string?[] texts =
        [
            profile.UserName, profile.DisplayName, organisation, .. profile.Name?.Parts ?? [],
            .. profile.Emails.Select(email => email.Value),
        ];
        return
        [
            .. texts.OfType<string>().SelectMany(text => Words(text).Append(text)).Select(word => word.ToLowerInvariant())
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Words(string text) =>
        string.Concat(text.Select(sign => char.IsLetterOrDigit(sign) ? sign : ' ')).Split(' ').Where(word => word.Length > 2);

    private static bool IsGuessable(string password, IReadOnlyList<string> known) => Zxcvbn.Zxcvbn.MatchPassword(
        password[..Math.Min(password.Length, CharactersJudged)], known.Union(OfThePlace, StringComparer.Ordinal)).Score < ScoreMin;

    /// <summary>Whether, but for the name, there are only a few letters or figures and signs left.</summary>
    private static bool IsMostly(string password, string name) =>
        name.Length >= 3 && password.Contains(name, StringComparison.OrdinalIgnoreCase)
        && password.Replace(name, "", StringComparison.OrdinalIgnoreCase).Count(char.IsLetter) < 4;
}
