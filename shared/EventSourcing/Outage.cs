namespace AccessGov.EventSourcing;

/// <summary>An outage as the log tells it: once when it begins and once for each new reason, not at every attempt. Health shows that it lasts. Used by one loop.</summary>
internal sealed class Outage
{
    private string? told;

    /// <summary>Whether this failure is the first, or has another reason than the one before.</summary>
    public bool IsNews(Exception failure)
    {
        bool news = !string.Equals(told, failure.Message, StringComparison.Ordinal);
        told = failure.Message;
        return news;
    }

    /// <summary>It works again: the next failure is news.</summary>
    public void Over() => told = null;
}
