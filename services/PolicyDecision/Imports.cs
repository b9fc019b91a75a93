using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision;

/// <summary>What became of one item of an import.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Status">accepted, unchanged or refused.</param>
/// <param name="Id">The id of the thing, when it was not refused.</param>
/// <param name="Code">Why it was refused.</param>
/// <param name="Message">The same as a sentence.</param>
internal sealed record ImportedItem(int Index, string Status, string? Id = null, string? Code = null, string? Message = null)
{
    public static ImportedItem Refused(int index, Refusal refusal) => new(index, "refused", Code: refusal.Code, Message: refusal.Sentence);
}

/// <summary>Carries many commands out at once, each with its own result: none fails because of its neighbours.</summary>
internal sealed class Imports(IEventStore store, Commands commands)
{
    public const int ItemsMax = 5_000;
    public const long BodyBytesMax = 8 * 1024 * 1024;

    /// <summary>Runs a command for each item.</summary>
    /// <param name="http">The request; its Idempotency-Key covers all items.</param>
    /// <param name="streams">The kind of stream.</param>
    /// <param name="items">The items as JSON, so that one that cannot be read does not refuse the others.</param>
    /// <param name="idOf">The stream of an item.</param>
    /// <param name="known">The state that the facts show already; null where they show none.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="alongside">
    /// SQL of an item's own transaction; null for the items, mostly all, that need none and are written together.
    /// </param>
    public async Task<IResult> RunAsync<TItem, TState, TEvent>(
        HttpContext http, StreamKind<TState, TEvent> streams, IReadOnlyList<JsonElement> items, Func<TItem, string> idOf,
        Func<TItem, TState?> known, Func<TState, TItem, Outcome<TEvent>> decide, Func<TItem, Alongside?>? alongside = null)
        where TItem : class
        where TState : class
        where TEvent : notnull
    {
        if (commands.Refused(http) is { } refused)
        {
            return Commands.Refuse(refused);
        }

        if (items.Count is 0 or > ItemsMax)
        {
            return Commands.Refuse(new Refusal("too_many_items", $"Send 1 to {ItemsMax} items at once."));
        }

        var import = new Import<TItem, TState, TEvent>(store, http, streams, decide, new ImportedItem[items.Count]);
        for (int index = 0; index < items.Count; index++)
        {
            if (Read<TItem>(items[index]) is { } item)
            {
                import.Plan(index, item, idOf(item), known(item), alongside?.Invoke(item));
            }
            else
            {
                import.Results[index] = ImportedItem.Refused(
                    index, new Refusal("malformed_item", "The item lacks a member, or has one too many or of a wrong kind."));
            }
        }

        await import.WriteAsync();
        await commands.TellPositionAsync(http, import.Receipts);
        return Results.Ok(new
        {
            Accepted = import.Results.Count(result => result.Status == "accepted"),
            Unchanged = import.Results.Count(result => result.Status == "unchanged"),
            Refused = import.Results.Count(result => result.Status == "refused"),
            import.Results,
        });
    }

    private static TItem? Read<TItem>(JsonElement item)
        where TItem : class
    {
        try
        {
            return item.Deserialize<TItem>(StrictJson.Options);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // A text with half a surrogate pair is an InvalidOperationException of the reader.
            return null;
        }
    }

    /// <summary>One import under way: what is planned, what was written, and what became of each item.</summary>
    private sealed class Import<TItem, TState, TEvent>(
        IEventStore store, HttpContext http, StreamKind<TState, TEvent> streams, Func<TState, TItem, Outcome<TEvent>> decide,
        ImportedItem[] results)
        where TItem : class
        where TState : class
        where TEvent : notnull
    {
        private readonly List<(int Index, TItem Item, StreamAppend Append)> planned = new(results.Length);
        private readonly EventMetadata metadata = Caller.Metadata(http);

        public ImportedItem[] Results => results;

        public List<AppendReceipt> Receipts { get; } = new(results.Length);

        /// <summary>Decides an item from what the facts show; only what would change something is written.</summary>
        public void Plan(int index, TItem item, string id, TState? known, Alongside? alongside)
        {
            switch (decide(known ?? streams.Initial, item))
            {
                case Outcome<TEvent>.Refused { Reason: var reason }:
                    results[index] = ImportedItem.Refused(index, reason);
                    break;
                case Outcome<TEvent>.Accepted { Events.Count: 0 }:
                    results[index] = new ImportedItem(index, "unchanged", id);
                    break;
                case Outcome<TEvent>.Accepted { Events: var events }:
                    planned.Add((index, item, new StreamAppend(streams.StreamId(id), ExpectedVersion.NoStream, [.. events])
                    {
                        StreamType = streams.Name,
                        Metadata = metadata,
                        IdempotencyKey = Caller.IdempotencyKey(http, index),
                        CommandHash = Caller.CommandHash(http),
                        Alongside = alongside,
                    }));
                    break;
            }
        }

        /// <summary>Writes what is planned: together what needs no SQL of its own, then the others one by one.</summary>
        public async Task WriteAsync()
        {
            (int Index, TItem Item, StreamAppend Append)[] together = [.. planned.Where(plan => plan.Append.Alongside is null)];
            IReadOnlyList<AppendResult> appended = await store.AppendManyAsync(
                [.. together.Select(plan => plan.Append)], http.RequestAborted);
            foreach (((int index, TItem item, StreamAppend append), AppendResult result) in together.Zip(appended))
            {
                results[index] = result switch
                {
                    { Receipt: { } receipt } => Accepted(index, receipt),
                    { Failure: StreamAlreadyExistsException or WrongExpectedVersionException } => await RunOneAsync(index, item, append),
                    { Failure: { } failure } => ImportedItem.Refused(index, Commands.NotWritten(failure) ?? throw failure),
                    _ => throw new InvalidOperationException("An append has a receipt or a failure."),
                };
            }

            foreach ((int index, TItem item, StreamAppend append) in planned.Where(plan => plan.Append.Alongside is not null))
            {
                results[index] = await RunOneAsync(index, item, append);
            }
        }

        // The stream has a history already, or a rule of its own: this one is loaded and decided by itself.
        private async Task<ImportedItem> RunOneAsync(int index, TItem item, StreamAppend append)
        {
            try
            {
                return await store.RunAsync<TState, TEvent>(
                    append.StreamId, append.StreamType, streams.Initial, streams.Evolve, state => decide(state, item), metadata,
                    append.IdempotencyKey, append.Alongside, commandHash: append.CommandHash, cancellation: http.RequestAborted) switch
                {
                    CommandResult<TState>.Accepted { Receipt: var receipt } => Accepted(index, receipt),
                    CommandResult<TState>.NothingToDo { Last: var last } => Unchanged(index, append, last),
                    CommandResult<TState>.Refused { Reason: var reason } => ImportedItem.Refused(index, reason),
                    var other => throw new InvalidOperationException($"{other.GetType().Name} is not a known result of a command."),
                };
            }
            catch (RefusedAlongsideException e)
            {
                return ImportedItem.Refused(index, e.Refusal);
            }
            catch (Exception e) when (Commands.NotWritten(e) is { } refusal)
            {
                return ImportedItem.Refused(index, refusal);
            }
        }

        private ImportedItem Accepted(int index, AppendReceipt receipt)
        {
            Receipts.Add(receipt);
            return new ImportedItem(index, receipt.Repeated ? "unchanged" : "accepted", streams.IdOf(receipt.StreamId));
        }

        private ImportedItem Unchanged(int index, StreamAppend append, AppendReceipt? last)
        {
            Receipts.AddRange(last is null ? [] : [last]);
            return new ImportedItem(index, "unchanged", streams.IdOf(append.StreamId));
        }
    }
}
