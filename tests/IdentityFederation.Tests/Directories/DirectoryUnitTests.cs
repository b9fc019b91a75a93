using System.ComponentModel.DataAnnotations;
using AccessGov.IdentityFederation.Directories;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>What is read in what a directory says.</summary>
public sealed class DirectoryUnitTests
{
    private static readonly DirectoryAttributes Names = new();

    [Fact]
    public void An_entry_is_a_person_with_what_the_attributes_say()
    {
        var person = DirectoryPerson.Of(
            FakeDirectory.User("ada", ("givenName", "Ada"), ("sn", "Lovelace"), ("displayName", " Ada L "), ("mail", "ada@x.test"), ("telephoneNumber", "1"), ("mobile", "2"),
                ("title", "Countess"), ("department", "Radiology"), ("employeeID", "7"), ("manager", "CN=grace,DC=x")), Names, Spec.Now);

        person.Inactive.ShouldBeNull();
        person.ManagerKey.ShouldBe(DistinguishedName.KeyOf("cn=Grace, dc=X"));
        person.Over(null, "g1").ShouldBe(new PersonProfile("ada")
        {
            ExternalId = person.Entry.ObjectGuid.ToString("D"), DisplayName = "Ada L", Name = new PersonName(FamilyName: "Lovelace", GivenName: "Ada"), Title = "Countess",
            Emails = [new ContactPoint("ada@x.test", "work", Primary: true)], PhoneNumbers = [new ContactPoint("1", "work"), new ContactPoint("2", "mobile")],
            Employment = new Employment("7", Department: "Radiology", Manager: "g1"),
        });
    }

    [Theory]
    [InlineData(49, "directory_password_refused")]
    [InlineData(87, "directory_filter_malformed")]
    [InlineData(4, "directory_read_failed")]
    public void What_a_server_refuses_is_told_by_a_code(int result, string code) =>
        LdapDirectorySource.Explain(new DirectoryOptions(), result, new IOException()).Code.ShouldBe(code);

    [Fact]
    public void What_others_keep_about_a_person_stays()
    {
        var person = DirectoryPerson.Of(FakeDirectory.User("ada"), Names, Spec.Now);
        PersonProfile known = new("old") { TimeZone = "Europe/Vienna", Further = "{}", DisplayName = "x", Employment = new Employment(CostCenter: "9", Department: "y") };

        person.Over(known, null).ShouldBe(new PersonProfile("ada") { ExternalId = person.Entry.ExternalId, TimeZone = "Europe/Vienna", Further = "{}", Employment = new Employment(CostCenter: "9") });
    }

    [Theory]
    [InlineData("root", null, false)]
    [InlineData("somebody", null, true)]
    [InlineData("somebody", "required", false)]
    public void Where_it_is_required_no_test_with_a_domain_controller_is_skipped(string user, string? mode, bool skipped) =>
        (SambaFactAttribute.ReasonToSkip(user, mode) is not null).ShouldBe(skipped);

    [Theory]
    [InlineData("512", "0", null)]
    [InlineData("514", "0", DirectoryPerson.Disabled)]
    [InlineData("66050", "9223372036854775807", DirectoryPerson.Disabled)]
    [InlineData("66048", "9223372036854775807", null)]
    [InlineData("512", null, null)]
    [InlineData("512", "1", DirectoryPerson.Expired)]
    [InlineData("512", "134223696000000000", DirectoryPerson.Expired)]
    [InlineData("512", "134223696000000001", null)]
    [InlineData("512", "3000000000000000000", null)]
    public void Disabled_and_expired_accounts_are_inactive(string? control, string? expires, string? reason)
    {
        // 2026-05-04T12:00:00Z, the time of the specs, is 134223696000000000 in the directory's reckoning.
        Spec.Now.ToFileTime().ShouldBe(134_223_696_000_000_000);
        DirectoryPerson.Of(FakeDirectory.User("ada", ("userAccountControl", control), ("accountExpires", expires)), Names, Spec.Now).Inactive.ShouldBe(reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("none")]
    public void Whose_account_control_cannot_be_read_is_not_taken_for_enabled(string? control) =>
        Should.Throw<DirectoryUnavailableException>(() => DirectoryPerson.Of(FakeDirectory.User("ada", ("userAccountControl", control)), Names, Spec.Now))
            .Code.ShouldBe("directory_read_failed");

    [Theory]
    [InlineData("CN=Ada,DC=x", "cn=ada, dc=X", true)]
    [InlineData(@"CN=Doe\, Ada,DC=x", @"CN=Doe\2C Ada,DC=x", true)]
    [InlineData(@"CN=H\C3\B6pper,DC=x", "CN=höpper,DC=x", true)]
    [InlineData(@"CN=a\ ,DC=x", "CN=a,DC=x", false)]
    [InlineData(@"CN=a\,DC\=x", "CN=a,DC=x", false)]
    [InlineData("CN=a+OU=b,DC=x", "CN=a,OU=b,DC=x", false)]
    [InlineData("CN=𝔸,DC=x", "CN=𝔸 , DC=x", true)]
    public void Two_ways_to_write_one_name_have_one_key(string one, string other, bool same) =>
        (DistinguishedName.KeyOf(one).ShouldNotBeNull() == DistinguishedName.KeyOf(other).ShouldNotBeNull()).ShouldBe(same);

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("CN=,DC=x")]
    [InlineData("CN=a,")]
    [InlineData(@"CN=a\")]
    [InlineData(@"CN=a\zz,DC=x")]
    [InlineData("C N=a")]
    public void What_is_no_name_has_no_key(string name) => DistinguishedName.KeyOf(name).ShouldBeNull();

    [Fact]
    public void A_range_of_members_says_what_is_missing()
    {
        MemberRange.First(1_500).ShouldBe("member;range=0-1499");
        MemberRange.From(1_500, 1_500).ShouldBe("member;range=1500-2999");
        MemberRange.Of("member;Range=0-1499")!.Value.Next.ShouldBe(1_500);
        MemberRange.Of("member;range=1500-*")!.Value.Next.ShouldBeNull();
        MemberRange.Of("member")!.Value.Next.ShouldBeNull();
        MemberRange.Of("memberOf").ShouldBeNull();
        MemberRange.Of("member;range=x").ShouldBeNull();
    }

    [Fact]
    public void What_changed_or_expired_since_is_asked_for()
    {
        var options = new DirectoryOptions { UserFilter = "(a=b)", GroupFilter = "(c=d)" };
        DateTimeOffset since = Spec.Now.AddHours(-1);

        DirectoryFilter.Of(options, new(DirectoryEntryKind.User, null, null, Spec.Now)).ShouldBe("(a=b)");
        DirectoryFilter.Of(options, new(DirectoryEntryKind.Group, since, null, Spec.Now)).ShouldBe("(&(c=d)(whenChanged>=20260504110000.0Z))");
        DirectoryFilter.Of(options, new(DirectoryEntryKind.User, since, since, Spec.Now)).ShouldBe(
            "(&(a=b)(|(whenChanged>=20260504110000.0Z)(&(accountExpires>=134223660000000000)(accountExpires<=134223696000000000))))");
        DirectoryFilter.TimeOf("20260504110000.0Z").ShouldBe(since);
        DirectoryFilter.TimeOf("yesterday").ShouldBeNull();
    }

    [Theory]
    [InlineData(5, 20, 15, false)]
    [InlineData(6, 20, 14, true)]
    [InlineData(50, 1_000, 950, false)]
    [InlineData(51, 1_000, 949, true)]
    [InlineData(1, 1, 0, true)]
    [InlineData(0, 0, 0, false)]
    public void Too_many_who_vanish_are_held(int missing, int active, int found, bool held) =>
        DirectoryPeople.Holds(missing, active, found, new DirectoryOptions()).ShouldBe(held);

    [Fact]
    public void A_directory_takes_a_new_person_a_change_and_an_end()
    {
        DirectoryPerson ada = DirectoryPerson.Of(FakeDirectory.User("ada"), Names, Spec.Now);
        DirectoryPerson gone = DirectoryPerson.Of(FakeDirectory.User("ada", ("userAccountControl", "514")) with { ObjectGuid = ada.Entry.ObjectGuid }, Names, Spec.Now);
        DirectoryPerson nameless = DirectoryPerson.Of(FakeDirectory.User("", ("userAccountControl", "514")) with { ObjectGuid = ada.Entry.ObjectGuid }, Names, Spec.Now);
        PersonProvisioned provisioned = new("hospital", ada.Over(null, null), Active: true, "directory");

        Spec.Given(Person.Streams).When(state => SynchronisePerson.Decide(state, "p1", "hospital", ada, null)).Then(provisioned);
        Spec.Given(Person.Streams, provisioned).When(state => SynchronisePerson.Decide(state, "p1", "hospital", ada, null)).ThenNothing();
        Spec.Given(Person.Streams, provisioned).When(state => SynchronisePerson.Decide(state, "p1", "hospital", ada, "m1"))
            .Then(new PersonChanged(ada.Over(null, "m1"), "directory"));
        Spec.Given(Person.Streams, provisioned).When(state => SynchronisePerson.Decide(state, "p1", "hospital", gone, null))
            .Then(new PersonDeactivated(DirectoryPerson.Disabled, "directory"));
        Spec.Given(Person.Streams, provisioned).When(state => SynchronisePerson.Decide(state, "p1", "hospital", nameless, null))
            .Then(new PersonDeactivated(DirectoryPerson.Disabled, "directory"));
        Spec.Given(Person.Streams, provisioned, new PersonDeactivated("x", "directory"), new PersonSuspended("alert"))
            .When(state => SynchronisePerson.Decide(state, "p1", "hospital", ada, null)).Then(new PersonReactivated("directory"));
        Spec.Given(Person.Streams, provisioned).When(state => SynchronisePerson.Decide(state, "p1", "elsewhere", ada, null)).ThenRefused("person_taken", 409);
        Spec.Given(Person.Streams).When(state => SynchronisePerson.Decide(state, "p1", "hospital", nameless, null)).ThenRefused("user_name_malformed", 400);
    }

    [Fact]
    public void Settings_that_are_wrong_are_told_one_by_one()
    {
        string empty = Path.GetTempFileName();
        var options = new DirectoriesOptions
        {
            ["Bad Name"] = new()
            {
                Host = "ldap://x", CaFile = empty, PasswordFile = empty, BaseDns = ["staff"], UserFilter = "(a", GroupFilter = "(&(a=b)", Organisation = "A B",
                Interval = TimeSpan.Zero, PageSize = 0, Attributes = new() { Email = "ma il", UserName = "" },
            },
        };
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        string[] names = [.. found.SelectMany(result => result.MemberNames)];

        // Annotations are told first; what is compared with each other, when they hold.
        names.ShouldBe(["Bad Name", "Bad Name:BindDn", "Bad Name:UserFilter", "Bad Name:Interval", "Bad Name:PageSize"], ignoreOrder: true);
        (DirectoryOptions directory, found) = (options["Bad Name"], []);
        (directory.BindDn, directory.UserFilter, directory.Interval, directory.PageSize) = ("CN=x", "((a=b)", TimeSpan.FromMinutes(1), 1);
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        found.SelectMany(result => result.MemberNames).ShouldBe(
            ["Bad Name", "Bad Name:Host", "Bad Name:BaseDns", "Bad Name:Organisation", "Bad Name:UserFilter", "Bad Name:GroupFilter", "Bad Name:Attributes:Email",
                "Bad Name:Attributes", "Bad Name:PasswordFile", "Bad Name:CaFile"], ignoreOrder: true);
        File.Delete(empty);
    }
}
