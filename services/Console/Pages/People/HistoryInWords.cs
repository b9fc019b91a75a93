namespace AccessGov.Console.Pages.People;

/// <summary>What happened to a person, for people.</summary>
internal static class HistoryInWords
{
    public static string Of(string @event) => @event switch
    {
        "person_provisioned" => "made known here",
        "person_changed" => "profile changed",
        "person_deactivated" => "deactivated",
        "person_reactivated" => "active again",
        "person_suspended" => "suspended",
        "person_reinstated" => "reinstated",
        "person_deprovisioned" => "deprovisioned for good",
        "identity_linked" => "linked to an identity provider",
        "identity_unlinked" => "unlinked from an identity provider",
        _ => @event.Replace('_', ' '),
    };
}
