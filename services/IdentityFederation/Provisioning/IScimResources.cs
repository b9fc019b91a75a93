using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>One kind of resource under /scim/v2. Bodies are objects as clients sent them.</summary>
internal interface IScimResources
{
    ScimResourceType Type { get; }

    Task<ScimAnswer> CreateAsync(ScimCall call, JsonObject body, ScimProjection shown);

    Task<ScimAnswer> GetAsync(ScimCall call, string id, ScimProjection shown);

    Task<JsonObject> ListAsync(ScimCall call, ScimQuery query);

    Task<ScimAnswer> ReplaceAsync(ScimCall call, string id, JsonObject body, ScimProjection shown);

    Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimProjection shown);

    Task<ScimAnswer> DeleteAsync(ScimCall call, string id);
}
