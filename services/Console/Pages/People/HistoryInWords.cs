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
        "person_warned_of_lock" => "warned: not signed in for long",
        "person_warning_mailed" => "written to: will be locked unless they sign in",
        "person_warning_not_mailed" => "could not be written to: somebody has to tell them",
        "person_locked" => "locked: not signed in for too long",
        "person_unlocked" => "unlocked",
        "person_access_limited" => "access limited in time",
        "person_deprovisioned" => "deprovisioned for good",
        "identity_linked" => "linked to an identity provider",
        "identity_unlinked" => "unlinked from an identity provider",
        "clearance_filed" => "clearance put on file",
        "clearance_withdrawn" => "clearance withdrawn",
        _ => @event.Replace('_', ' '),
    };
}
