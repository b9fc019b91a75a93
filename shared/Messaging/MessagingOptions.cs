using System.Text.RegularExpressions;
using Npgsql;

namespace AccessGov.Messaging;

/// <summary>What a service says about its messages at start-up. Not thread-safe; read once.</summary>
public sealed class MessagingOptions
{
    internal static readonly Regex QueueName = new("^[a-z][a-z0-9-]{0,49}$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    internal Dictionary<string, Type> Messages { get; } = new(StringComparer.Ordinal);

    internal List<(Type Type, bool OvertakesDeadLetters)> HandlerTypes { get; } = [];

    internal HashSet<string> Unsubscribed { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The service's own queue, for example <c>break-glass</c>: lower case letters, digits and hyphens, at most 50. Required.
    /// </summary>
    public string Queue { get; set; } = "";

    /// <summary>
    /// The database that holds the schema <c>bus</c>, reached as the service's own role; absent means the container's <see
    /// cref="NpgsqlDataSource"/>.
    /// </summary>
    public Func<IServiceProvider, NpgsqlDataSource>? DataSource { get; set; }

    /// <summary>
    /// The database that handlers write to, when it is another one; it needs the inbox of <see cref="MessagingSchema.CreateAsync"/> too.
    /// Handlers cannot
    /// return messages then, because two databases do not commit together: such a handler is refused at start-up.
    /// </summary>
    public Func<IServiceProvider, NpgsqlDataSource>? HandlerDataSource { get; set; }

    /// <summary>How many messages this process handles at once, each in its own transaction and connection; 1 to 64.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>
    /// A handler that takes longer is cancelled, and that counts as a failure. An open transaction holds back event subscriptions: keep
    /// it short.
    /// </summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How failed messages are tried again.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>A message that comes again within this time after it was handled is dropped; older rows of the inbox are removed.</summary>
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary><c>/health</c> says degraded when a message has been due for longer.</summary>
    public TimeSpan DegradedWhenWaitingFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary><c>/health</c> says degraded at this many dead letters.</summary>
    public int DegradedWhenDead { get; set; } = 1;

    /// <summary>Names a message that the service publishes or handles.</summary>
    /// <param name="name">CloudEvents <c>type</c>, for example <c>accessgov.policy-decision.grant-given.v1</c>; 1 to 200 characters,
    /// never changed.</param>
    /// <exception cref="ArgumentException">The name or the type is registered already.</exception>
    public void Message<T>(string name)
        where T : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 200, nameof(name));
        if (Messages.ContainsValue(typeof(T)) || !Messages.TryAdd(name, typeof(T)))
        {
            throw new ArgumentException($"The message {name} or its type {typeof(T)} is registered twice.", nameof(name));
        }
    }

    /// <summary>
    /// Subscribes the queue to what the static <c>Handle</c> methods of a type take as their first parameter. Other parameters are the
    /// <see cref="NpgsqlTransaction"/>, the <see cref="MessageEnvelope"/>, the <see cref="CancellationToken"/>, or services of the
    /// container.
    /// </summary>
    /// <param name="type">A class with one or more static methods <c>Handle</c>.</param>
    /// <param name="overtakesDeadLetters">
    /// True for what takes access away and must not wait behind a dead letter of its subject; the messages it overtakes are handled after
    /// it, if ever.
    /// </param>
    public void Handler(Type type, bool overtakesDeadLetters = false) => HandlerTypes.Add((type, overtakesDeadLetters));

    /// <summary>
    /// Ends a subscription that an earlier release made; what is in the queue already becomes a dead letter unless it was handled before.
    /// </summary>
    /// <param name="name">The message's name.</param>
    public void Unsubscribe(string name) => Unsubscribed.Add(name);

    /// <summary>The safety net behind listen/notify, and how late a scheduled message or a retry may be.</summary>
    internal TimeSpan PollEvery { get; set; } = TimeSpan.FromMilliseconds(250);

    internal void Validate()
    {
        if (!QueueName.IsMatch(Queue))
        {
            throw new InvalidOperationException(
                $"\"{Queue}\" is not the name of a queue: lower case letters, digits and hyphens, at most 50.");
        }

        if (Concurrency is < 1 or > 64)
        {
            throw new InvalidOperationException($"A queue is consumed by 1 to 64 at once, not by {Concurrency}.");
        }

        if (HandlerTimeout <= TimeSpan.Zero || InboxRetention <= TimeSpan.Zero
            || Retry.MaxAttempts < 1 || Retry.FirstDelay <= TimeSpan.Zero || Retry.MaxDelay < Retry.FirstDelay)
        {
            throw new InvalidOperationException(
                "Messaging needs positive times, at least one attempt, and a longest delay that is not below the first.");
        }
    }
}

/// <summary>
/// How failed messages are tried again: the delay doubles from attempt to attempt, with jitter, and is stored with the message.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>After this many failures a message is a dead letter; at least 1.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The longest delay after the first failure.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay after any failure.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Numbers from 0 to below 1 that spread retries in time.</summary>
    public Func<double> Jitter { get; set; } = Random.Shared.NextDouble;

    /// <summary>
    /// How long to wait after a failure: between half and all of <c>FirstDelay * 2^(failures-1)</c>, at most <see cref="MaxDelay"/>.
    /// </summary>
    /// <param name="failures">Failures so far, from 1.</param>
    /// <param name="jitter">From 0 to below 1.</param>
    public TimeSpan DelayAfter(int failures, double jitter)
    {
        double longest = Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, failures - 1), MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (jitter / 2)));
    }
}
