using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;
using Microsoft.Extensions.Options;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Accounts;

public sealed class AccountSpecs
{
    private static readonly EnrolmentLinkIssued Link = new("hash", Now.AddDays(3));
    private static readonly PasswordSet Password = new(Now);
    private static readonly AuthenticatorAppEnrolled App = new(Now);
    private static readonly PasskeyRegistered Passkey = new("key-1", Synced: false, Now);

    [Fact]
    public void An_administrator_gives_a_link() =>
        Given(Account.Streams).When(_ => IssueEnrolment.Decide("hash", "ada", "grace", Now.AddDays(3))).Then(Link);

    [Fact]
    public void Nobody_gives_themselves_one() =>
        Given(Account.Streams).When(_ => IssueEnrolment.Decide("hash", "ada", "ada", Now.AddDays(3))).ThenRefused("self_enrolment", 409);

    [Fact]
    public void A_link_is_followed_once()
    {
        Given(Account.Streams, Link).When(state => AccountRules.UseLink(state, "hash", Now)).Then(new EnrolmentLinkUsed("hash", Now));
        Given(Account.Streams, Link, new EnrolmentLinkUsed("hash", Now)).When(state => AccountRules.UseLink(state, "hash", Now)).ThenRefused("enrolment_link_spent", 403);
    }

    [Fact]
    public void A_link_that_is_too_old_or_not_the_newest_is_worth_nothing()
    {
        Given(Account.Streams, Link).When(state => AccountRules.UseLink(state, "hash", Now.AddDays(3))).ThenRefused("enrolment_link_spent", 403);
        Given(Account.Streams, Link, new EnrolmentLinkIssued("newer", Now.AddDays(3))).When(state => AccountRules.UseLink(state, "hash", Now))
            .ThenRefused("enrolment_link_spent", 403);
    }

    [Fact]
    public void A_passkey_is_registered_once_and_twenty_at_most()
    {
        Given(Account.Streams).When(state => AccountRules.RegisterPasskey(state, "key-1", false, false, Now)).Then(Passkey);
        Given(Account.Streams, Passkey).When(state => AccountRules.RegisterPasskey(state, "key-1", false, false, Now)).ThenNothing();
        AccountEvent[] twenty = [.. Enumerable.Range(0, 20).Select(place => new PasskeyRegistered($"{place}", false, Now))];
        Given(Account.Streams, twenty).When(state => AccountRules.RegisterPasskey(state, "one more", false, false, Now)).ThenRefused("passkeys_too_many", 409);

        // Whoever came with a password alone: two at once set up one.
        Given(Account.Streams).When(state => AccountRules.EnrolApp(state, onlyFirst: true, Now)).Then(new AuthenticatorAppEnrolled(Now));
        Given(Account.Streams, Passkey).When(state => AccountRules.EnrolApp(state, onlyFirst: true, Now)).ThenRefused("second_factor_present", 409);
        Given(Account.Streams, new AuthenticatorAppEnrolled(Now))
            .When(state => AccountRules.RegisterPasskey(state, "key-2", false, onlyFirst: true, Now)).ThenRefused("second_factor_present", 409);
    }

    [Fact]
    public void A_passkey_that_was_removed_shows_nothing() =>
        Given(Account.Streams, Password, Passkey, new CredentialRemoved(Account.PasskeyKind, "key-1")).When(state => AccountRules.UsePasskey(state, "key-1", 1))
            .ThenRefused("credential_unknown", 404);

    [Fact]
    public void Recovery_codes_stand_in_for_a_second_factor_that_there_is()
    {
        Given(Account.Streams, Password).When(state => AccountRules.MakeRecoveryCodes(state, 10, Now)).ThenRefused("second_factor_missing", 409);
        Given(Account.Streams, Password, App).When(state => AccountRules.MakeRecoveryCodes(state, 10, Now)).Then(new RecoveryCodesMade(10, Now));
        Given(Account.Streams, Password, App).When(state => AccountRules.UseRecoveryCode(state, Now)).ThenRefused("credential_unknown", 404);
    }

    [Fact]
    public void The_last_way_in_stays()
    {
        Given(Account.Streams, Passkey).When(state => AccountRules.Remove(state, Account.PasskeyKind, "key-1")).ThenRefused("last_credential", 409);
        Given(Account.Streams, Password, App).When(state => AccountRules.Remove(state, Account.PasswordKind, null)).ThenRefused("last_credential", 409);
        Given(Account.Streams, Password, App).When(state => AccountRules.Remove(state, Account.AppKind, null)).Then(new CredentialRemoved(Account.AppKind, null));
    }

    [Fact]
    public void It_is_acknowledged_once()
    {
        Given(Account.Streams).When(state => AccountRules.Acknowledge(state, Now)).Then(new LoggingAcknowledged(Now));
        Given(Account.Streams, new LoggingAcknowledged(Now)).When(state => AccountRules.Acknowledge(state, Now)).ThenNothing();
    }

    [Theory]
    [InlineData("tulip harbour seven kites", null)]
    [InlineData("Schöne Übung 雪の日に", null)]
    [InlineData("short one", "password_short")]
    [InlineData("Hospital2026!", "password_known")]
    [InlineData("password1234", "password_known")]
    [InlineData("aaaaaaaaaaaaaaa", "password_known")]
    [InlineData("123456789:;<=", "password_known")]
    [InlineData("123456789012", "password_known")]
    [InlineData("1234567890123", "password_known")]
    [InlineData("0987654321098", "password_known")]
    [InlineData("qwertyqwerty", "password_known")]
    [InlineData("Krankenhaus2026!", "password_known")]
    [InlineData("augusta.byron.1815", "password_known")]
    [InlineData("St.Elsewhere2026", "password_known")]
    [InlineData("ada.k@elsewhere.test", "password_known")]
    [InlineData("tulip harbour\0seven", "password_long")]
    [InlineData("Ada.Lovelace99", "password_is_name")]
    [InlineData("breached but long", "password_known")]
    public void A_password_is_long_and_nobody_elses(string password, string? code)
    {
        string list = Path.GetTempFileName();
        IEnumerable<string> passwords = Enumerable.Range(0, 1000).Select(place => $"filler {place}").Append("breached but long");
        File.WriteAllLines(list, passwords.Select(Sha1).Order(StringComparer.Ordinal).Select((hash, place) => $"{hash}:{place}"));
        IOptions<AccountSettings> settings = Options.Create(new AccountSettings { BreachedPasswordsFile = list });
        var breached = new BreachedPasswords(settings);

        var profile = new PersonProfile("ada.lovelace")
        {
            Name = new PersonName(GivenName: "Augusta", FamilyName: "Byron"), Emails = [new ContactPoint("ada.k@elsewhere.test")],
        };

        EventSourcing.Refusal? refusal = new PasswordRules(settings, breached).Fault(
            password, profile.UserName, PasswordRules.WordsOf(profile, "St. Elsewhere"));

        refusal?.Code.ShouldBe(code);
        (refusal is null).ShouldBe(code is null);
        passwords.ShouldAllBe(known => breached.Contains(known));
        breached.Contains("filler 1000").ShouldBeFalse();
        File.Delete(list);
    }

    [Fact]
    public void A_password_ends_somewhere_and_a_long_one_is_judged_by_its_beginning()
    {
        IOptions<AccountSettings> settings = Options.Create(new AccountSettings());
        var rules = new PasswordRules(settings, new BreachedPasswords(settings));
        string words = string.Concat(Enumerable.Repeat("tulip harbour seven kites ", 10));

        rules.Fault(words[..PasswordRules.LengthMax], "ada", []).ShouldBeNull();
        rules.Fault(words[..(PasswordRules.LengthMax + 1)], "ada", [])?.Code.ShouldBe("password_long");
    }

    [Fact]
    public void A_list_that_cannot_be_read_permits_nothing() =>
        Should.Throw<IOException>(() => new BreachedPasswords(Options.Create(new AccountSettings { BreachedPasswordsFile = "/nowhere/list" })).Contains("x"));

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_RFC_6238(long at, string code)
    {
        byte[] secret = "12345678901234567890"u8.ToArray();
        var then = DateTimeOffset.FromUnixTimeSeconds(at);

        OneTimeCodes.StepOf(secret, code, then).ShouldBe(at / 30);
        OneTimeCodes.StepOf(secret, code, then.AddSeconds(30)).ShouldBe(at / 30);
        OneTimeCodes.StepOf(secret, code, then.AddSeconds(-30)).ShouldBe(at / 30);
        OneTimeCodes.StepOf(secret, code, then.AddSeconds(60)).ShouldBeNull();
        OneTimeCodes.Base32(secret).ShouldBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    [Fact]
    public void A_QR_code_is_dark_modules_within_a_quiet_zone()
    {
        QrCode code = QrCode.Of(OneTimeCodes.AddressOf("AccessGov", "ada.lovelace@hospital.test", new byte[OneTimeCodes.SecretBytes]));
        (int X, int Y)[] dark = [.. System.Text.RegularExpressions.Regex.Matches(code.Path, "M([0-9]+) ([0-9]+)h1v1h-1z")
            .Select(module => (int.Parse(module.Groups[1].Value), int.Parse(module.Groups[2].Value)))];
        string.Concat(dark.Select(module => $"M{module.X} {module.Y}h1v1h-1z")).ShouldBe(code.Path);
        dark.Min(module => Math.Min(module.X, module.Y)).ShouldBe(4);
        dark.Max(module => Math.Max(module.X, module.Y)).ShouldBe(code.Size - 5);
    }

#pragma warning disable CA5350 // The list is published so.
    private static string Sha1(string text) => Convert.ToHexString(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
