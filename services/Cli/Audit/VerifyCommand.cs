namespace AccessGov.Cli;

/// <summary>
/// <c>audit verify</c>: is an audit trail what was signed, or are exported events in it, without a network and a database.
/// </summary>
internal static class VerifyCommand
{
    private const string What = "Checks a trail: signatures, every leaf, the chain of leaves and the tree; "
        + "or exported events against their proofs. Ends with 1 at the first "
        + "thing that is wrong and names the leaf.";

    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("PATH")
        {
            Description = "A trail (a directory with checkpoint and tile/), or an export of events with proofs (a file).",
        };
        Option<string[]> keys = Many("--key", "KEY",
            "A key of the trail as the hospital gave it to you, not as the directory says; every one given must have signed.");
        keys.Required = true;
        Option<string[]> witnesses = Many("--witness", "KEY", "The key of a witness that must have signed the checkpoint too.");
        Option<string[]> earlier = Many("--earlier", "FILE", "A checkpoint kept from before: the trail must begin with what it says.");
        Option<string[]> stores = Many("--store", "SERVICE=FILE",
            "The events of a service's store as psql exports them: they must be those that the trail attests.");
        Option<string[]> shredded = Many("--shredded", "FILE",
            "The list of keys of a shredding (GET /shreddings/ID/keys): files of fields that were sealed under them may be missing.");
        Option<bool> json = InputOptions.Json();
        json.Description = "Write the result as JSON: ok, origin, size, root; "
            + "code, message and seq of what is wrong; events and line of an export; stores.";
        Option<bool> progress = InputOptions.Progress();
        var command = new Command("verify", What) { path, keys, witnesses, earlier, stores, shredded, json, progress };
        command.SetAction((parsed, cancellation) =>
        {
            string given = parsed.GetRequiredValue(path);
            var trusted = new TrustedKeys(parsed.GetRequiredValue(keys), parsed.GetValue(witnesses) ?? []);
            string[] kept = parsed.GetValue(earlier) ?? [], exported = parsed.GetValue(stores) ?? [],
                lists = parsed.GetValue(shredded) ?? [];
            ProgressLine Progress(string unit, long? total) => new(terminal, parsed.GetValue(progress), unit, total);
            if (Directory.Exists(given))
            {
                using var opened = new OpenStores(exported);
                return Task.FromResult(TrailVerification
                    .Run(given, trusted, kept, opened.All, new ShreddedKeys(lists), size => Progress("leaves", size), cancellation)
                    .Write(terminal, parsed.GetValue(json)));
            }

            if (!File.Exists(given))
            {
                throw new InputException($"{given}: there is no such directory or file; a trail is a directory with a checkpoint.");
            }

            if (kept.Length + exported.Length + lists.Length > 0)
            {
                throw new InputException(
                    "--earlier, --store and --shredded are checked over a whole trail: name its directory, not an export.");
            }

            using ProgressLine line = Progress("events", null);
            return Task.FromResult(new ExportVerification(trusted).Run(given, line, cancellation).Write(terminal, parsed.GetValue(json)));
        });
        return command;
    }

    private static Option<string[]> Many(string name, string helpName, string description) => new(name)
    {
        Description = description, HelpName = helpName, AllowMultipleArgumentsPerToken = true,
    };

    private sealed class OpenStores : IDisposable
    {
        private readonly List<StoreExport> all = [];

        public OpenStores(IEnumerable<string> arguments)
        {
            foreach (string argument in arguments)
            {
                all.Add(new StoreExport(argument));
            }
        }

        public IReadOnlyList<StoreExport> All => all;

        public void Dispose() => all.ForEach(store => store.Dispose());
    }
}
