using System.Text;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>What a password must be: long, and known to nobody else. No rule asks for digits or signs: they make passwords worse.</summary>
internal sealed class PasswordRules(IOptions<AccountSettings> settings, BreachedPasswords breached)
{
    public const int LengthMax = 256;

    // What everybody tries first in a place like this. Longer lists come as a file.
    private static readonly string[] Common =
    [
        "password", "passwort", "welcome", "willkommen", "qwertyuiop", "qwertzuiop", "letmein", "administrator", "changeme", "iloveyou", "dragon",
        "monkey", "football", "baseball", "sunshine", "princess", "trustno1", "superman", "hospital", "krankenhaus", "klinik", "clinic", "radiology",
        "radiologie", "accessgov", "summer", "winter", "spring", "autumn", "sommer", "secret", "geheim", "asdfghjkl", "1q2w3e4r5t",
    ];

    /// <summary>The shortest password.</summary>
    public int LengthMin => settings.Value.PasswordLengthMin;

    /// <summary>What is wrong with a password; null when nothing is.</summary>
    public Refusal? Fault(string password, string userName)
    {
        int characters = password.EnumerateRunes().Count();
        return characters < LengthMin ? new Refusal("password_short", $"A password has at least {LengthMin} characters; several words are easy to remember.")
            : characters > LengthMax || password.Contains('\0', StringComparison.Ordinal)
                ? new Refusal("password_long", $"A password has at most {LengthMax} characters, none of them NUL.")
            : IsMostly(password, [userName, userName.Split('@')[0]]) ? new Refusal("password_is_name", "The password is hardly more than your user name.")
            : IsMostly(password, Common) || password.Distinct().Count() < 4 || IsRow(password) || breached.Contains(password)
                ? new Refusal("password_known", "This password is on lists that attackers try first: choose another one.")
                : null;
    }

    /// <summary>Whether, but for the word, there are only a few letters or figures and signs left: Hospital2026! is as good as hospital.</summary>
    private static bool IsMostly(string password, IEnumerable<string> words)
    {
        string plain = password.ToLowerInvariant();
        return words.Any(word => word.Length >= 3 && plain.Contains(word.ToLowerInvariant(), StringComparison.Ordinal)
            && plain.Replace(word.ToLowerInvariant(), "", StringComparison.Ordinal).Count(char.IsLetter) < 4);
    }

    private static bool IsRow(string password) => password.Zip(password.Skip(1), (one, next) => next - one).Distinct().Count() == 1;
}
