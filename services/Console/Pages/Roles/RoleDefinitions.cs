using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Roles;

/// <summary>The roles that people can be given.</summary>
internal sealed class RoleDefinitions(HttpClient http)
{
    public sealed record RolePage(IReadOnlyList<Role> Roles, string? Next = null);

    public sealed record Role(
        string Id, string Description, IReadOnlyList<string> Permissions, bool ReadOnly, int? GrantDaysMax, long Version, int? RequestHoursMax, string? RequestApprover,
        int? EmergencyHoursMax, IReadOnlyList<string>? EmergencyInvokers);

    public sealed record Definition(string Description, IReadOnlyList<string> Permissions, bool ReadOnly, int? GrantDaysMax, RequestRule? Request, EmergencyRule? Emergency);

    public sealed record RequestRule(int HoursMax, string Approver);

    public sealed record EmergencyRule(int HoursMax, IReadOnlyList<string> Invokers);

    public Task<Answer<RolePage>> ListAsync(string? after, CancellationToken cancellation) =>
        http.AskAsync<RolePage>($"roles{Query.Of(("limit", "1000"), ("after", after))}", cancellation);

    public Task<Answer<Done>> DefineAsync(string id, Definition definition, string? version, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Put, PathOf(id), definition, cancellation, version);

    public Task<Answer<Done>> RetireAsync(string id, CancellationToken cancellation) => http.CommandAsync<Done>(HttpMethod.Delete, PathOf(id), null, cancellation);

    private static string PathOf(string id) => $"roles/{Uri.EscapeDataString(id)}";
}
