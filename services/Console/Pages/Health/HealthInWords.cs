using System.Text.Json;

namespace AccessGov.Console.Pages.Health;

/// <summary>What services say about themselves, for people, and what to do where something is not in order.</summary>
internal static class HealthInWords
{
    private const string TrailVerification = "trail-verification";
    private const string NotVerified = " see whether Audit and its database run and whether their clocks agree. Audit's log says why it was "
        + "not verified; it is tried again every minute.";
    private const string LatestOverdue = "Nothing is found to be wrong, but nobody has looked at what is new:" + NotVerified;
    private const string WholeOverdue = "Nothing is found to be wrong, but nobody has looked at the whole trail for too long:" + NotVerified;
    private const string NotAsked = "It cannot be asked now; what was found before still holds. Look whether Audit's database runs.";
    private const string OrLog = " If it stays so, the service's log says why.";

    private static readonly Dictionary<string, (string Name, string Next)> Checks = new(StringComparer.Ordinal)
    {
        ["service"] = ("The process", "It stops, or is started anew: look again in a minute."),
        ["event-store"] = (
            "Event store", "Look whether PostgreSQL runs and whether the service reaches it; changes are refused until then." + OrLog),
        ["messaging"] = ("Messages from the other services", "Look whether PostgreSQL runs; for dead letters see above." + OrLog),
        ["signing-keys"] = ("Keys of the issuer", "Look whether IdentityFederation answers: without its keys no token is taken."),
        ["issuer"] = ("Issuing of tokens", "Until it is in order nobody gets a token. While it is being read, wait a minute." + OrLog),
        ["sessions"] = ("Sessions", "Nobody is recognised until they are read: wait a minute, then look whether PostgreSQL runs." + OrLog),
        ["workers"] = ("Work that nobody asks for", "The table of this work says what fails and what to do."),
        ["directories"] = (
            "Directories", "Ask whoever looks after the directory whether it answers; what waits for somebody waits until they say yes."),
        ["journal"] = (
            "Decision journal",
            "Look whether the journal's database runs and whether the spool's disk has room: what cannot be remembered is denied."),
        ["facts"] = ("Facts that decisions rest on", "Look whether PostgreSQL runs: facts that are too old permit nothing." + OrLog),
        ["policies"] = ("Evaluation of policies", "Mend the policies that are named in a draft, and publish it."),
        ["ended-sessions"] = ("Ended sessions and disabled clients", "Look whether PostgreSQL runs." + OrLog),
        ["studies"] = ("Studies", "Look whether the archive answers; studies that are known are decided on meanwhile." + OrLog),
        ["obligations"] = ("Obligations", "Ask whoever runs the archive why it did not do what it had to when access was given."),
        ["trail"] = (
            "The audit trail",
            "Look whether its database runs and its disk has room. Where it is not what was signed, change nothing and tell security."
                + OrLog),
        [TrailVerification] = (
            "Verification of the trail",
            "Change nothing, tell security, and run accessgov audit verify: it names the first entry that cannot be believed." + OrLog),
        ["search"] = ("Search in the trail", "What is not searchable yet is in the trail all the same: wait a minute." + OrLog),
        ["audit-feed"] = (
            "What it tells the audit trail",
            "Look whether Audit and the database of messages run: what is not told yet is kept and told later." + OrLog),
        ["feeds"] = (
            "What services tell", "Search the trail for the kind store.differs: it says which store does not hold what it told."),
        ["ingest"] = ("What comes from outside", "Look at what sends: what it sent was refused, or it does not reach us." + OrLog),
        ["export"] = ("Where the trail is sent", "The page of export destinations says what each answered last."),
        ["export-destinations"] = ("Where the trail is sent", "The page of export destinations says what each answered last."),
        ["witnesses"] = ("Witnesses of the trail", "Ask whoever runs the witness; what it has not signed it signs later." + OrLog),
        ["copies"] = ("Copies of the trail", "Look whether the place of the copy is reached and has room, and whether the trail's own files are whole." + OrLog),
        ["reasons"] = (
            "Reasons that people gave",
            "Somebody changed a reason in the database, or its key is lost: search the trail for the kind reason.unreadable, and tell "
                + "security."),
        ["shredding"] = (
            "Files of what was shredded",
            "They are still there, unreadable: where they are immutable, run deploy/seal-trail TRAIL --release-shredded LIST on Audit's machine; "
                + "Audit lists them under /shreddings/files." + OrLog),
        ["pruning"] = (
            "Files of what was pruned",
            "They are still there: where they are immutable, run deploy/seal-trail TRAIL --release-pruned on Audit's machine." + OrLog),
        ["retention"] = ("Retention", "What has expired is forgotten later." + OrLog),
        ["alert-channels"] = (
            "Ways to tell of emergency access",
            "Look whether the mail server, the webhook or the collector answers; what nobody took is told again until somebody does."),
        ["edges"] = (
            "Edges beside the archives",
            "The page of edges names them. Look whether the edge runs and reaches BreakGlass; a journal that is not taken over is said why "
                + "there and in the edge's own health."),
        ["drills"] = ("Drills", "Let somebody take a practice case on a test patient, and somebody else review it."),
        ["countries"] = ("Countries of networks", "Look whether the file of networks is where the settings say, and can be read."),
    };

    private static readonly Dictionary<string, string> Workers = new(StringComparer.Ordinal)
    {
        ["issuance"] = "follows what happens to clients, keys and sessions",
        ["signing-keys"] = "makes new signing keys and takes old ones out of use",
        ["logout-notices"] = "tells programs which sessions are over",
        ["roles-of-groups"] = "tells which roles people have by their groups",
        ["end-of-access"] = "ends access that was limited in time",
        ["sign-in-failures"] = "tells of failed sign-ins",
        ["warning-mails"] = "writes to people who will be locked",
        ["dormant-accounts"] = "locks accounts that nobody uses",
        ["emergency-alerts"] = "tells security and compliance of emergency access",
        ["emergency-escalation"] = "calls the next one for cases that nobody has reviewed",
        ["emergency-expiry"] = "ends emergency access that has run out",
        ["session-activity"] = "ends sessions that nobody uses",
    };

    public static (string Words, string Mark) OfService(string status) => status switch
    {
        "healthy" => ("works", "good"),
        "degraded" => ("works, needs a look", "warn"),
        _ => ("does not work", "bad"),
    };

    public static (string Words, string Mark) OfCheck(string status) => status switch
    {
        "healthy" => ("in order", "good"),
        "degraded" => ("needs a look", "warn"),
        _ => ("out of order", "bad"),
    };

    public static string NameOf(string check) => Checks.TryGetValue(check, out (string Name, string Next) known) ? known.Name : check;

    /// <summary>What to do where a check is not in order.</summary>
    public static string NextOf(string check, ServiceHealth.Check told) =>
        check == TrailVerification && !told.Data.ContainsKey("found") ? OfVerification(told)
        : Checks.TryGetValue(check, out (string Name, string Next) known) ? known.Next : "The service's log says why.";

    /// <summary>What to do where nothing is found in the trail: one that is overdue says so, and a check that failed says nothing.</summary>
    private static string OfVerification(ServiceHealth.Check told) =>
        !told.Data.TryGetValue("overdue", out JsonElement overdue) ? NotAsked + OrLog
        : overdue.ValueEquals("whole") ? WholeOverdue
        : LatestOverdue;

    /// <summary>What a worker does; directories have one each.</summary>
    public static string? OfWorker(string worker) => Workers.GetValueOrDefault(worker)
        ?? (worker.StartsWith("directory ", StringComparison.Ordinal) ? "takes people over from this directory" : null);

    /// <summary>Why a worker fails, and what to do.</summary>
    public static (string Words, string Mark, string? Why, string? Next) OfWorkerState(string state) => state switch
    {
        "works" => ("works", "good", null, null),
        "store_unreachable" => (
            "fails", "bad", "The database does not answer.", "Look whether PostgreSQL runs; it goes on by itself then."),
        "store_refused" => (
            "fails", "bad", "The database refuses it.", "The log has its words. Look whether the schema is this version's."),
        "event_not_understood" => (
            "fails", "bad", "A stored event is not understood.",
            "It stays so until somebody looks: the log names the event. Look whether an older version of the service runs."),
        _ => ("fails", "bad", null, "The service's log says why. It is tried again until it works."),
    };

    /// <summary>How long ago, in one unit.</summary>
    public static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 2 } => $"{Shown.Count((long)age.TotalSeconds, "second")} ago",
        { TotalHours: < 2 } => $"{Shown.Number((long)age.TotalMinutes)} minutes ago",
        { TotalDays: < 2 } => $"{Shown.Number((long)age.TotalHours)} hours ago",
        _ => $"{Shown.Number((long)age.TotalDays)} days ago",
    };
}
