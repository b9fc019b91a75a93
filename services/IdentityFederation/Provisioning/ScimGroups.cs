using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;
using Npgsql;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>Groups as SCIM's Groups.</summary>
internal sealed class ScimGroups(GroupCommands commands, GroupDirectory directory, NpgsqlDataSource database) : IScimResources
{
    private const string Source = "scim";

    public ScimResourceType Type => ScimSchemas.Group;

    public Task<ScimAnswer> CreateAsync(ScimCall call, JsonObject body, ScimProjection shown)
    {
        ProvisionGroup.Command command = CommandOf(call, ScimValues.Canonical(body, Type));
        return RunAsync(call, CommandRunner.NewId(), _ => command, shown, StatusCodes.Status201Created);
    }

    public async Task<ScimAnswer> GetAsync(ScimCall call, string id, ScimProjection shown)
    {
        if (await directory.FindAsync(call.Organisation, id, call.Cancellation) is not { } entry)
        {
            return ScimError.NotFound(Type.Name, id);
        }

        ScimAnswer answer = (await AnswersAsync(call, [entry], shown, StatusCodes.Status200OK))[0];
        return call.Has(answer.Version!) ? new ScimAnswer(StatusCodes.Status304NotModified, Version: answer.Version) : answer;
    }

    public async Task<JsonObject> ListAsync(ScimCall call, ScimQuery query)
    {
        ScimProjection all = ScimProjection.Of(null, null, Type);
        (long total, IReadOnlyList<GroupDirectory.Entry> page) = await ScimTables.Groups.ReadAsync(
            database, call.Organisation, query, candidates => ResourcesAsync(call, candidates, all), call.Cancellation);
        return query.Page(total, await ResourcesAsync(call, page, query.Shown));
    }

    public Task<ScimAnswer> ReplaceAsync(ScimCall call, string id, JsonObject body, ScimProjection shown)
    {
        ProvisionGroup.Command command = CommandOf(call, ScimValues.Canonical(body, Type));
        return RunAsync(call, id, state => state is Group.Provisioned ? command : null, shown, StatusCodes.Status200OK);
    }

    public Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimProjection shown) => RunAsync(
        call, id,
        state => state is Group.Provisioned group && group.Organisation == call.Organisation
            ? CommandOf(call, ScimPatch.Apply(AttributesOf(group), body, Type))
            : null,
        shown, StatusCodes.Status200OK);

    public async Task<ScimAnswer> DeleteAsync(ScimCall call, string id) => ScimAnswer.From(await commands.RunAsync(
        call.Http, id, state => ProvisionGroup.Delete(state, call.Organisation, Source), (_, _) =>
            new ScimAnswer(StatusCodes.Status204NoContent), ScimError.Of));

    private static JsonObject AttributesOf(Group.Provisioned group)
    {
        var attributes = new JsonObject { ["displayName"] = group.DisplayName };
        ScimValues.Assign(attributes, "externalId", group.ExternalId);
        ScimValues.Assign(
            attributes, "members", new JsonArray([.. group.Members.Select(JsonNode (member) => new JsonObject { ["value"] = member })]));
        return attributes;
    }

    private static ProvisionGroup.Command CommandOf(ScimCall call, JsonObject group)
    {
        string name = group["displayName"]?.GetValue<string>() ?? throw new ScimException("invalidValue", "displayName is required.");
        JsonObject[] members = [.. (group["members"] as JsonArray ?? []).OfType<JsonObject>()];
        if (members.FirstOrDefault(member => member["value"] is null
            || "Group".Equals(member["type"]?.GetValue<string>(), StringComparison.OrdinalIgnoreCase)) is not null)
        {
            throw new ScimException("invalidValue", "A member is a User, named by its id in value: groups in groups are not supported.");
        }

        return new(call.Organisation, name, group["externalId"]?.GetValue<string>(),
            [.. members.Select(member => member["value"]!.GetValue<string>())]);
    }

    // Who is nobody, or nobody any more, is no member and is not listed. Clients name such people among others: these others come in all
    // the same.
    private async Task<ScimAnswer> RunAsync(
        ScimCall call, string id, Func<Group, ProvisionGroup.Command?> wanted, ScimProjection shown, int status,
            IReadOnlyCollection<string>? nobody = null)
    {
        string written = id;
        IReadOnlyList<string> named = [];
        bool unknown = false;
        ScimAnswer answer = ScimAnswer.From(await commands.RunAsync(
            call.Http, id, Decide,
            (of, _) =>
            {
                written = of;
                return new ScimAnswer(status);
            },
            refusal =>
            {
                unknown = refusal.Code == "member_unknown";
                return ScimError.Of(refusal);
            }));
        if (unknown && nobody is null)
        {
            return await RunAsync(call, id, wanted, shown, status, [.. named.Except(await PeopleAsync(call, named))]);
        }

        return answer.Status >= StatusCodes.Status400BadRequest ? answer
            : await directory.FindAsync(call.Organisation, written, call.Cancellation) is { } entry
                ? (await AnswersAsync(call, [entry], shown, status))[0]
            : ScimError.NotFound(Type.Name, written);

        Outcome<GroupEvent> Decide(Group state)
        {
            if (wanted(state) is not { } command)
            {
                return ProvisionGroup.Absent;
            }

            named = command.Members;
            return ProvisionGroup.Decide(state, nobody is null ? command : command with { Members = [.. named.Except(nobody)] }, Source);
        }
    }

    private async Task<IReadOnlyList<string>> PeopleAsync(ScimCall call, IReadOnlyList<string> named)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            "select id from person_directory where organisation = $1 and id = any ($2)");
        command.Parameters.Add(new() { Value = call.Organisation });
        command.Parameters.Add(new() { Value = named.ToArray() });
        return await ReadModelRows.ReadAsync(command, row => row.GetString(0), call.Cancellation);
    }

    private async Task<IReadOnlyList<JsonObject>> ResourcesAsync(
        ScimCall call, IReadOnlyList<GroupDirectory.Entry> entries, ScimProjection shown) =>
        [.. (await AnswersAsync(call, entries, shown, StatusCodes.Status200OK)).Select(answer => answer.Body!)];

    private async Task<IReadOnlyList<ScimAnswer>> AnswersAsync(
        ScimCall call, IReadOnlyList<GroupDirectory.Entry> entries, ScimProjection shown, int status)
    {
        ILookup<string, GroupDirectory.Membership> memberships =
            await directory.OfGroupsAsync(shown.Shows("members") ? [.. entries.Select(entry => entry.Id)] : [], call.Cancellation);
        return [.. entries.Select(entry =>
        {
            var attributes = new JsonObject { ["displayName"] = entry.DisplayName };
            ScimValues.Assign(attributes, "externalId", entry.ExternalId);
            JsonNode[] members =
            [
                .. memberships[entry.Id].Select(member => new JsonObject
                {
                    ["value"] = member.Person, ["$ref"] = $"{call.BaseUrl}/Users/{member.Person}", ["display"] = member.DisplayName,
                        ["type"] = "User",
                }),
            ];
            ScimValues.Assign(attributes, "members", members.Length == 0 ? null : new JsonArray(members));
            return ScimResource.Of(Type, call, entry.Id, attributes, entry.Created, entry.Changed, entry.Version, shown, status);
        })];
    }
}
