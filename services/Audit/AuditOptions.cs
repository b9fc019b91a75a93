using System.ComponentModel.DataAnnotations;

namespace AccessGov.Audit;

/// <summary>The settings of the section Audit.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>The trail's database as the role that adds events and nothing else.</summary>
    [Required]
    public string AppendConnectionString { get; set; } = "";

    /// <summary>The trail's database as the role that gives events their place and keeps the keys of sealed fields.</summary>
    [Required]
    public string SealConnectionString { get; set; } = "";

    /// <summary>The trail's database as the role that searches.</summary>
    [Required]
    public string ReadConnectionString { get; set; } = "";

    /// <summary>
    /// The database with the message bus, as the role that owns the queue audit; null: nothing is taken from other services.
    /// </summary>
    public string? BusConnectionString { get; set; }

    /// <summary>The directory of the trail: <c>checkpoint</c> and <c>tile/</c> are in it, for whoever checks it.</summary>
    [Required]
    public string TrailDirectory { get; set; } = "";

    /// <summary>The trail's name in its checkpoints, by custom a URL without its scheme: <c>hospital.example/audit</c>.</summary>
    [Required]
    [RegularExpression(@"^[^\s+]{1,200}$")]
    public string Origin { get; set; } = "";

    /// <summary>32 bytes in hexadecimal digits: the Ed25519 key that signs checkpoints.</summary>
    [Required]
    public string Ed25519SeedFile { get; set; } = "";

    /// <summary>The P-256 key (PEM) that signs checkpoints too.</summary>
    [Required]
    public string EcdsaKeyFile { get; set; } = "";

    /// <summary>
    /// At least 32 random bytes from which the keys are made that find subjects and protect events until they are in the trail.
    /// </summary>
    [Required]
    public string SecretFile { get; set; } = "";

    /// <summary>
    /// The directory with the keys that protect subjects' keys: one file of 32 bytes in hexadecimal digits for each epoch, named by its
    /// number.
    /// </summary>
    [Required]
    public string KeyEncryptionDirectory { get; set; } = "";

    /// <summary>A store that has told nothing for so long has fallen silent: services recount theirs once a day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan FeedSilentAfter { get; set; } = TimeSpan.FromHours(36);

    /// <summary>
    /// The services that must tell: one that never has is silent, too, when that time is over since the first start that expected it.
    /// </summary>
    public IList<string> ExpectedFeeds { get; } = [];

    /// <summary>How far the clock may be from the database's while events get their places.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "36500.00:00:00")]
    public TimeSpan ClockDifferenceMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an event that comes again is known: a source that repeats itself later than that is taken to say something new.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan RepeatedWithin { get; set; } = TimeSpan.FromDays(35);

    /// <summary>
    /// How often a connection that is held for its lock says something: one that is silent is cut by what lies between.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LockKeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long events may wait for others before they are given their places together.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan RoundInterval { get; set; } = TimeSpan.FromMilliseconds(250);
}
