using System.Globalization;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>What came of verifying a trail, or events that were exported from one.</summary>
/// <param name="Checkpoint">The newest that is signed; null when there is none.</param>
/// <param name="Finding">What is wrong first; null when nothing is.</param>
internal sealed record VerifyResult(Checkpoint? Checkpoint, LogFinding? Finding)
{
    /// <summary>How many exported events are good; null for a trail.</summary>
    public long? Events { get; init; }

    /// <summary>The line of the export that is wrong.</summary>
    public long? Line { get; init; }

    public IReadOnlyList<StoreExport> Stores { get; init; } = [];

    /// <summary>The first leaf that is there: those before were pruned.</summary>
    public long Minimum { get; init; }

    /// <summary>How many files of sealed fields are not there because their keys were shredded.</summary>
    public long BlobsGone { get; init; }

    public int Write(Terminal terminal, bool asJson)
    {
        if (asJson)
        {
            WriteJson(terminal);
        }
        else if (Finding is null)
        {
            string what = Events is { } events
                ? string.Create(CultureInfo.InvariantCulture, $"{events} events verified, newest checkpoint {Checkpoint!.Size} leaves")
                : string.Create(CultureInfo.InvariantCulture, $"{Checkpoint!.Size} leaves verified");
            terminal.Line($"{Checkpoint.Origin}: {what}, root {Checkpoint.Root}", Colour.Green);
            if (Minimum > 0)
            {
                terminal.Line(string.Create(CultureInfo.InvariantCulture, $"leaves below {Minimum} were pruned, as the trail says"));
            }

            if (BlobsGone > 0)
            {
                terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{BlobsGone} files of sealed fields are gone with their keys"));
            }

            foreach (StoreExport store in Stores)
            {
                terminal.Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{store.Service}: {store.Count} events are as attested, through position {store.Good}; "
                    + $"{store.Later} later ones are not attested yet"));
            }
        }
        else
        {
            string line = Line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}: ") : "";
            string leaf = Finding.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"leaf {index}: ") : "";
            terminal.Line($"{line}{leaf}error: {Finding.Code}: {Finding.Sentence}", Colour.Red);
        }

        return Finding is null ? ExitCode.Good : ExitCode.Found;
    }

    private void WriteJson(Terminal terminal) => terminal.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok", Finding is null);
        if (Checkpoint is not null)
        {
            writer.WriteString("origin", Checkpoint.Origin);
            writer.WriteNumber("size", Checkpoint.Size);
            writer.WriteString("root", Checkpoint.Root.ToString());
        }

        Number("minimum", Minimum > 0 ? Minimum : null);
        Number("blobs_gone", BlobsGone > 0 ? BlobsGone : null);
        Number("events", Events);
        if (Finding is not null)
        {
            writer.WriteString("code", Finding.Code);
            writer.WriteString("message", Finding.Sentence);
        }

        Number("seq", Finding?.Index);
        Number("line", Line);
        if (Stores.Count > 0)
        {
            writer.Objects("stores", Stores, store =>
            {
                writer.WriteString("service", store.Service);
                writer.WriteNumber("events", store.Count);
                writer.WriteNumber("good_through", store.Good);
                Number("bad_through", store.Bad);
                writer.WriteNumber("not_attested", store.Later);
            });
        }

        writer.WriteEndObject();

        void Number(string name, long? value)
        {
            if (value is { } number)
            {
                writer.WriteNumber(name, number);
            }
        }
    });
}
