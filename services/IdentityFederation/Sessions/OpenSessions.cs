using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>
/// The sessions that are open, in memory: a request with a cookie costs no question to the database. Written by the follower of the store,
/// one event after the other; read by everybody. A session of somebody who is suspended, locked, inactive or gone is over at that event,
/// not at one of its own.
/// </summary>
internal sealed class OpenSessions(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, OpenSession> byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OpenSession> byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, OpenSession>> byPerson = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OpenSession> withoutPerson = new(StringComparer.Ordinal);
    private readonly HashSet<string> suspended = new(StringComparer.Ordinal);
    private readonly HashSet<string> inactive = new(StringComparer.Ordinal);
    private readonly HashSet<string> locked = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource personEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether everything that was written before this process started is known; before that there is no session.</summary>
    public bool IsRead { get; set; }

    /// <summary>Those that no event has ended; some of them may be over by the clock.</summary>
    public ICollection<OpenSession> All => byId.Values;

    /// <summary>Those that are over because their person is, and whose own stream does not say so yet.</summary>
    public ICollection<OpenSession> WithoutPerson => withoutPerson.Values;

    /// <summary>Completes when the next session is over because its person is.</summary>
    public Task PersonEnded => personEnded.Task;

    /// <summary>A new key for a cookie: 256 random bits.</summary>
    public static string NewKey() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>What is kept of a cookie's key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The session of a cookie's key; null when there is none, or it is over.</summary>
    public OpenSession? FindByKey(string key) => byKey.TryGetValue(HashOf(key), out OpenSession? open) && IsRead && IsOpen(open)
        ? open : null;

    /// <summary>The session with this id; null when there is none, or it is over.</summary>
    public OpenSession? Find(string id) => byId.TryGetValue(id, out OpenSession? open) && IsRead && IsOpen(open) ? open : null;

    /// <summary>The sessions of a person, oldest first.</summary>
    public IReadOnlyList<OpenSession> Of(string person) =>
        byPerson.TryGetValue(person, out var own) ? [.. own.Values.Where(IsOpen).OrderBy(session => session.State.StartedAt)] : [];

    /// <summary>The sessions that an identity provider knows by this name.</summary>
    public IReadOnlyList<OpenSession> OfProvider(string provider, string providerSession) =>
        [.. byId.Values.Where(open => open.State.Proof.Provider == provider && open.State.Proof.ProviderSession == providerSession)];

    /// <summary>Whether a session is not over by the clock.</summary>
    public bool IsOpen(OpenSession session)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return session.State.Bounds.EndsAt > now && session.LastSeen + session.State.Bounds.Idle > now;
    }

    /// <summary>Takes an event in.</summary>
    public void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case SessionStarted started:
                var begun = new OpenSession(Session.Streams.IdOf(stored.StreamId),
                    (Session.Open)Session.Evolve(Session.Streams.Initial, started));

                // Begun in the moment in which its person was let out: the two transactions did not see each other.
                if (suspended.Contains(started.Person) || inactive.Contains(started.Person) || locked.Contains(started.Person))
                {
                    EndWithPerson(begun);
                }
                else
                {
                    Add(begun);
                }

                break;
            case SessionSteppedUp @event when byId.TryGetValue(Session.Streams.IdOf(stored.StreamId), out OpenSession? open):
                byKey.TryRemove(open.State.KeySha256, out _);
                Add(new OpenSession(open.Id, (Session.Open)Session.Evolve(open.State, @event)));
                break;
            case SessionEnded:
                string ended = Session.Streams.IdOf(stored.StreamId);
                withoutPerson.TryRemove(ended, out _);
                if (byId.TryGetValue(ended, out OpenSession? over))
                {
                    Remove(over);
                }

                break;
            case PersonEvent change:
                Apply(Person.Streams.IdOf(stored.StreamId), change);
                break;
        }
    }

    private void Apply(string person, PersonEvent change)
    {
        switch (change)
        {
            case PersonSuspended:
                suspended.Add(person);
                break;
            case PersonDeactivated or PersonDeprovisioned or PersonProvisioned { Active: false }:
                inactive.Add(person);
                break;
            case PersonLocked:
                locked.Add(person);
                break;
            case PersonReinstated:
                suspended.Remove(person);
                return;
            case PersonUnlocked:
                locked.Remove(person);
                return;
            case PersonReactivated:
                inactive.Remove(person);
                return;
            default:
                return;
        }

        foreach (OpenSession session in byPerson.TryGetValue(person, out var own) ? own.Values : [])
        {
            EndWithPerson(session);
        }
    }

    private void EndWithPerson(OpenSession session)
    {
        Remove(session);
        withoutPerson[session.Id] = session;
        Interlocked.Exchange(ref personEnded, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private void Add(OpenSession open)
    {
        byId[open.Id] = open;
        byPerson.GetOrAdd(open.State.Person, _ => new(StringComparer.Ordinal))[open.Id] = open;
        byKey[open.State.KeySha256] = open;
    }

    private void Remove(OpenSession open)
    {
        byKey.TryRemove(open.State.KeySha256, out _);
        byId.TryRemove(open.Id, out _);
        if (byPerson.TryGetValue(open.State.Person, out var own))
        {
            own.TryRemove(open.Id, out _);
        }
    }
}

/// <summary>A session that is open.</summary>
internal sealed class OpenSession(string id, Session.Open state)
{
    private long lastSeen = state.SeenAt.UtcTicks;

    public string Id { get; } = id;

    public Session.Open State { get; } = state;

    /// <summary>When something happened in it last, as far as this process knows.</summary>
    public DateTimeOffset LastSeen => new(Volatile.Read(ref lastSeen), TimeSpan.Zero);

    /// <summary>Something happens in it, at this moment or earlier.</summary>
    public void Seen(DateTimeOffset at)
    {
        long ticks = at.UtcTicks;
        for (long before = Volatile.Read(ref lastSeen); before < ticks; before = Volatile.Read(ref lastSeen))
        {
            if (Interlocked.CompareExchange(ref lastSeen, ticks, before) == before)
            {
                return;
            }
        }
    }
}
