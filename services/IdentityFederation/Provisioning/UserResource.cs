using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>A person as a SCIM User, and back. What a profile has no member for stays with it as the JSON that it came in.</summary>
internal static class UserResource
{
    private const int FurtherLengthMax = 64 * 1024;

    /// <summary>The attributes that clients write, in the form of <see cref="ScimValues.Canonical"/>.</summary>
    public static JsonObject Of(PersonProfile profile, bool active)
    {
        JsonObject user = profile.Further is null ? [] : (JsonObject)JsonNode.Parse(profile.Further)!;
        Put(user, "userName", profile.UserName);
        Put(user, "externalId", profile.ExternalId);
        Put(user, "displayName", profile.DisplayName);
        Put(user, "title", profile.Title);
        Put(user, "userType", profile.UserType);
        Put(user, "preferredLanguage", profile.PreferredLanguage);
        Put(user, "locale", profile.Locale);
        Put(user, "timezone", profile.TimeZone);
        user["active"] = active;
        if (profile.Name is { } name)
        {
            user["name"] = Parts(
                ("formatted", name.Formatted), ("familyName", name.FamilyName), ("givenName", name.GivenName),
                ("middleName", name.MiddleName),
                ("honorificPrefix", name.HonorificPrefix), ("honorificSuffix", name.HonorificSuffix));
        }

        Put(user, "emails", profile.Emails);
        Put(user, "phoneNumbers", profile.PhoneNumbers);
        if (profile.Employment is { } employment)
        {
            JsonObject enterprise = ScimValues.ObjectAt(user, ScimSchemas.EnterpriseUrn);
            Put(enterprise, "employeeNumber", employment.EmployeeNumber);
            Put(enterprise, "costCenter", employment.CostCenter);
            Put(enterprise, "organization", employment.Organization);
            Put(enterprise, "division", employment.Division);
            Put(enterprise, "department", employment.Department);
            if (employment.Manager is { } manager)
            {
                ScimValues.ObjectAt(enterprise, "manager")["value"] = manager;
            }
        }

        return user;
    }

    /// <exception cref="ScimException">It has no userName, or is too large.</exception>
    public static PersonProfile ToProfile(JsonObject user, bool externalIdShared = false)
    {
        var rest = (JsonObject)user.DeepClone();
        rest.Remove("active");
        var profile = new PersonProfile(Take(rest, "userName") ?? throw new ScimException("invalidValue", "userName is required."))
        {
            ExternalIdShared = externalIdShared && rest["externalId"] is not null,
            ExternalId = Take(rest, "externalId"),
            DisplayName = Take(rest, "displayName"),
            Title = Take(rest, "title"),
            UserType = Take(rest, "userType"),
            PreferredLanguage = Take(rest, "preferredLanguage"),
            Locale = Take(rest, "locale"),
            TimeZone = ZoneOf(rest),
            Name = NameOf(rest),
            Emails = PointsOf(rest, "emails"),
            PhoneNumbers = PointsOf(rest, "phoneNumbers"),
            Employment = EmploymentOf(rest),
        };
        string? further = rest.Count == 0 ? null : rest.ToJsonString();
        return further is { Length: > FurtherLengthMax }
            ? throw new ScimException(
                "invalidValue", $"What is kept of a user beside the profile has at most {FurtherLengthMax} characters.")
            : profile with { Further = further };
    }

    /// <summary>What the client says of active; null when it says nothing.</summary>
    public static bool? ActiveOf(JsonObject user) => user["active"]?.GetValue<bool>();

    // A zone that nobody knows decides nothing: it stays with the rest.
    private static string? ZoneOf(JsonObject rest) =>
        rest["timezone"] is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone.GetValue<string>(), out _)
            ? Take(rest, "timezone")
            : null;

    private static PersonName? NameOf(JsonObject rest)
    {
        if (rest["name"] is not JsonObject name)
        {
            return null;
        }

        rest.Remove("name");
        return new PersonName(
            Take(name, "formatted"), Take(name, "familyName"), Take(name, "givenName"), Take(name, "middleName"),
            Take(name, "honorificPrefix"), Take(name, "honorificSuffix"));
    }

    private static ContactPoint[] PointsOf(JsonObject rest, string name)
    {
        JsonArray items = rest[name] as JsonArray ?? [];
        rest.Remove(name);

        // An entry without an address reaches nobody.
        return
        [
            .. items.OfType<JsonObject>().Where(item => item["value"] is not null)
                .Select(item =>
                    new ContactPoint(Take(item, "value")!, Take(item, "type"), item["primary"]?.GetValue<bool>(), Take(item, "display"))),
        ];
    }

    private static Employment? EmploymentOf(JsonObject rest)
    {
        if (rest[ScimSchemas.EnterpriseUrn] is not JsonObject enterprise)
        {
            return null;
        }

        string? manager = enterprise["manager"] is JsonObject named ? Take(named, "value") : null;
        if (enterprise["manager"] is JsonObject { Count: 0 })
        {
            enterprise.Remove("manager");
        }

        var employment = new Employment(
            Take(enterprise, "employeeNumber"), Take(enterprise, "costCenter"), Take(enterprise, "organization"),
            Take(enterprise, "division"),
            Take(enterprise, "department"), manager);
        if (enterprise.Count == 0)
        {
            rest.Remove(ScimSchemas.EnterpriseUrn);
        }

        return employment.Parts.Any(part => part is not null) ? employment : null;
    }

    private static string? Take(JsonObject holder, string name)
    {
        string? text = holder[name]?.GetValue<string>();
        holder.Remove(name);
        return text;
    }

    private static void Put(JsonObject holder, string name, string? value)
    {
        if (value is not null)
        {
            holder[name] = value;
        }
    }

    private static void Put(JsonObject holder, string name, IReadOnlyList<ContactPoint> points)
    {
        if (points.Count > 0)
        {
            holder[name] = new JsonArray([.. points.Select(point =>
            {
                JsonObject item = Parts(("value", point.Value), ("type", point.Type), ("display", point.Display));
                if (point.Primary is { } primary)
                {
                    item["primary"] = primary;
                }

                return item;
            })]);
        }
    }

    private static JsonObject Parts(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var made = new JsonObject();
        foreach ((string name, string? value) in parts)
        {
            Put(made, name, value);
        }

        return made;
    }
}
