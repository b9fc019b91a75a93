using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Makes a person here what their directory says they are. Whether security keeps them out is no matter of the directory.</summary>
internal static class SynchronisePerson
{
    public const string Source = "directory";

    public static Outcome<PersonEvent> Decide(Person state, string id, string organisation, DirectoryPerson wanted, string? manager) => state switch
    {
        Person.Provisioned person when person.Organisation == organisation => Changes(person, wanted, manager),
        _ => ProvisionPerson.Decide(state, id, new(organisation, wanted.Over(null, manager), id, wanted.Inactive is null), Source),
    };

    private static Outcome<PersonEvent> Changes(Person.Provisioned person, DirectoryPerson wanted, string? manager)
    {
        Outcome<PersonEvent> changed = ChangePerson.Decide(person, wanted.Over(person.Profile, manager), Source);
        Outcome<PersonEvent> presence = wanted.Inactive is { } reason ? EndPerson.Deactivate(person, reason, Source) : EndPerson.Reactivate(person, Source);
        return (changed, presence) switch
        {
            // Whoever must not work here any more does not, also when the rest cannot be understood.
            (Outcome<PersonEvent>.Refused, Outcome<PersonEvent>.Accepted { Events: [PersonDeactivated] } gone) => gone,
            (Outcome<PersonEvent>.Accepted profile, Outcome<PersonEvent>.Accepted active) => Outcome.Of([.. profile.Events, .. active.Events]),
            _ => changed,
        };
    }
}
