namespace AccessGov.IdentityFederation.People;

/// <summary>The wiring of the people.</summary>
internal static class PeopleModule
{
    public static void AddPeople(this IServiceCollection services) =>
        services.AddSingleton<PersonDirectory>().AddSingleton<PersonCommands>();

    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        ProvisionPerson.Map(routes);
        ChangePerson.Map(routes);
        EndPerson.Map(routes);
        SuspendPerson.Map(routes);
        LimitAccess.Map(routes);
        LinkIdentity.Map(routes);
        PersonList.Map(routes);
        PersonView.Map(routes);
    }
}
