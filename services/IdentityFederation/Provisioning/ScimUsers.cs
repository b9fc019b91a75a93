using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>People as SCIM's Users.</summary>
internal sealed class ScimUsers(PersonCommands people, PersonDirectory directory, GroupDirectory groups, NpgsqlDataSource database)
    : IScimResources
{
    private const string Source = "scim";

    public ScimResourceType Type => ScimSchemas.User;

    public async Task<ScimAnswer> CreateAsync(ScimCall call, JsonObject body, ScimProjection shown)
    {
        string id = CommandRunner.NewId();
        JsonObject user = ScimValues.Canonical(body, Type);
        bool active = UserResource.ActiveOf(user) ?? true;
        return await RunAsync(
            call, id, shared => state =>
                ProvisionPerson.Decide(state, id, new(call.Organisation, UserResource.ToProfile(user, shared), id, active), Source),
            shown, StatusCodes.Status201Created);
    }

    public async Task<ScimAnswer> GetAsync(ScimCall call, string id, ScimProjection shown)
    {
        if (await FindAsync(call, id) is not { } entry)
        {
            return ScimError.NotFound(Type.Name, id);
        }

        ScimAnswer answer = (await AnswersAsync(call, [entry], shown, StatusCodes.Status200OK))[0];
        return call.Has(answer.Version!) ? new ScimAnswer(StatusCodes.Status304NotModified, Version: answer.Version) : answer;
    }

    public async Task<JsonObject> ListAsync(ScimCall call, ScimQuery query)
    {
        ScimProjection all = ScimProjection.Of(null, null, Type);
        (long total, IReadOnlyList<PersonDirectory.Entry> page) = await ScimTables.Users.ReadAsync(
            database, call.Organisation, query, candidates => ResourcesAsync(call, candidates, all), call.Cancellation);
        return query.Page(total, await ResourcesAsync(call, page, query.Shown));
    }

    public Task<ScimAnswer> ReplaceAsync(ScimCall call, string id, JsonObject body, ScimProjection shown)
    {
        JsonObject user = ScimValues.Canonical(body, Type);
        return RunAsync(call, id, shared => Within(call, person => Changes(person, user, shared)), shown, StatusCodes.Status200OK);
    }

    public Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimProjection shown) => RunAsync(
        call, id,
        shared => Within(
            call, person => Changes(person, ScimPatch.Apply(UserResource.Of(person.Profile, person.Active), body, Type), shared)),
        shown, StatusCodes.Status200OK);

    public async Task<ScimAnswer> DeleteAsync(ScimCall call, string id)
    {
        IResult result = await people.RunAsync(
            call.Http, id, Within(call, person => EndPerson.Deprovision(person, "The provisioning system deleted the user.", Source)),
            (_, _) => new ScimAnswer(StatusCodes.Status204NoContent), ScimError.Of);
        return ScimAnswer.From(result);
    }

    /// <summary>What a resource as a client wants it to be changes: the profile, whether the person works here, both, or nothing.</summary>
    private static Outcome<PersonEvent> Changes(Person.Provisioned person, JsonObject user, bool externalIdShared)
    {
        var events = new List<PersonEvent>();
        Outcome<PersonEvent> changed = ChangePerson.Decide(person, UserResource.ToProfile(user, externalIdShared), Source);
        if (changed is not Outcome<PersonEvent>.Accepted { Events: var profile })
        {
            return changed;
        }

        // What is not said of active changes nothing: nobody is locked out by an omission.
        Outcome<PersonEvent> presence = UserResource.ActiveOf(user) switch
        {
            false => EndPerson.Deactivate(person, "The provisioning system set active to false.", Source),
            true => EndPerson.Reactivate(person, Source),
            null => Outcome.NothingToDo<PersonEvent>(),
        };
        events.AddRange(profile);
        events.AddRange(((Outcome<PersonEvent>.Accepted)presence).Events);
        return Outcome.Of([.. events]);
    }

    // People of other organisations do not exist for a client.
    private static Func<Person, Outcome<PersonEvent>> Within(ScimCall call, Func<Person.Provisioned, Outcome<PersonEvent>> rule) => state =>
        state is Person.Provisioned person && person.Organisation == call.Organisation ? rule(person)
            : new Refusal("person_unknown", "There is no User with this id.");

    // Entra ID's collection gives one externalId to several people. They are kept, but nobody is recognised by what does not tell people
    // apart.
    private async Task<ScimAnswer> RunAsync(
        ScimCall call, string id, Func<bool, Func<Person, Outcome<PersonEvent>>> rule, ScimProjection shown, int status,
            bool externalIdShared = false)
    {
        string written = id;
        bool taken = false;
        IResult result = await people.RunAsync(
            call.Http, id, rule(externalIdShared),
            (of, _) =>
            {
                written = of;
                return new ScimAnswer(status);
            },
            refusal =>
            {
                taken = refusal.Code == "external_id_taken";
                return ScimError.Of(refusal);
            });
        if (ScimAnswer.From(result) is { Status: >= 400 } refused)
        {
            return taken && !externalIdShared ? await RunAsync(call, id, rule, shown, status, externalIdShared: true) : refused;
        }

        return await FindAsync(call, written) is { } entry ? (await AnswersAsync(call, [entry], shown, status))[0]
            : ScimError.NotFound(Type.Name, written);
    }

    private async Task<PersonDirectory.Entry?> FindAsync(ScimCall call, string id) =>
        await directory.FindAsync(id, call.Cancellation) is { } entry && entry.Organisation == call.Organisation ? entry : null;

    private async Task<IReadOnlyList<ScimAnswer>> AnswersAsync(
        ScimCall call, IReadOnlyList<PersonDirectory.Entry> entries, ScimProjection shown, int status)
    {
        ILookup<string, GroupDirectory.Membership> memberships = shown.Shows("groups")
            ? await groups.OfPeopleAsync([.. entries.Select(entry => entry.Id)], call.Cancellation)
            : Array.Empty<GroupDirectory.Membership>().ToLookup(one => one.Person, StringComparer.Ordinal);
        return [.. entries.Select(entry =>
        {
            JsonObject attributes = UserResource.Of(entry.Profile, entry.Active);
            if (memberships.Contains(entry.Id))
            {
                attributes["groups"] = new JsonArray([.. memberships[entry.Id].Select(JsonNode (group) => new JsonObject
                {
                    ["value"] = group.Group, ["$ref"] = $"{call.BaseUrl}/Groups/{group.Group}", ["display"] = group.DisplayName,
                        ["type"] = "direct",
                })]);
            }

            return ScimResource.Of(Type, call, entry.Id, attributes, entry.Created, entry.Changed, entry.Version, shown, status);
        })];
    }

    private async Task<IReadOnlyList<JsonObject>> ResourcesAsync(
        ScimCall call, IReadOnlyList<PersonDirectory.Entry> entries, ScimProjection shown) =>
        [.. (await AnswersAsync(call, entries, shown, StatusCodes.Status200OK)).Select(answer => answer.Body!)];
}
