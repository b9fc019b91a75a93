namespace AccessGov.Cli;

/// <summary>The way to a value inside JSON, as refusals write it: <c>requests[3].principal</c>, <c>$.annotations["a b"]</c>.</summary>
internal static class JsonPath
{
    /// <summary>The keys and indexes of a path. What is left out of it, or stands for any member of a set, ends it.</summary>
    public static IEnumerable<string> Steps(string path)
    {
        int at = path.StartsWith('$') ? 1 : 0;
        while (at < path.Length && path[at] != ' ')
        {
            bool isQuoted = path.AsSpan(at).StartsWith("[\"");
            int start = path[at] is '.' or '[' ? at + 1 : at;
            int end = isQuoted ? QuoteEnd(path, start) : End(path, start);
            if (end == start)
            {
                yield break;
            }

            // Quoted as an id is in Cedar, so that what reads ids reads it.
            string step = path[start..end];
            yield return !isQuoted ? step : CedarString.Read(step) ?? "";
            at = path[at] == '[' ? end + 1 : end;
        }
    }

    /// <summary>The keys and indexes of a JSON pointer (RFC 6901).</summary>
    public static IEnumerable<string> PointerSteps(string pointer) => pointer.Split('/').Skip(1).Select(step =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));

    private static int End(string path, int start)
    {
        int end = path.AsSpan(start).IndexOfAny(".[] ");
        return end < 0 ? path.Length : start + end;
    }

    private static int QuoteEnd(string path, int start)
    {
        int end = start + 1;
        while (end < path.Length && path[end] != '"')
        {
            end += path[end] == '\\' ? 2 : 1;
        }

        return Math.Min(end + 1, path.Length);
    }
}
