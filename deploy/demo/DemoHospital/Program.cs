using AccessGov.DemoHospital;
using AccessGov.DemoHospital.Identities;

const string Usage =
    """
    Usage:
      load --configuration FILE   loads the demo hospital into the decision service named in FILE (deploy/.run/accessgov.json)
      ask  --configuration FILE   asks it real questions; exits with 1 when an answer is not the expected one
      people --configuration FILE               makes the people of the demo known to the identity service, with something to sign in with
      enrol --configuration FILE [--app] ID...  the same for people with these ids; with --app they have an authenticator app, too
      token --configuration FILE CLIENT ID SCOPE...  signs somebody in as a person does and prints an access token of a public client
      emit --directory DIR        writes the same hospital as files for the standalone decision point, and request bodies for benchmarks
    """;

try
{
    switch (args)
    {
        case ["load", "--configuration", var file]:
            using (AccessGovApi api = await AccessGovApi.ConnectAsync(Configuration.Read(file)))
            {
                await Load.RunAsync(api, Console.Out);
                return 0;
            }

        case ["ask", "--configuration", var file]:
            using (AccessGovApi api = await AccessGovApi.ConnectAsync(Configuration.Read(file)))
            {
                return await Ask.RunAsync(api, Console.Out, TimeProvider.System.GetUtcNow()) ? 0 : 1;
            }

        case ["people", "--configuration", var file]:
            await People.RunAsync(Configuration.Read(file), Console.Out);
            return 0;

        case ["enrol", "--configuration", var file, .. var people]:
            await People.EnrolAsync(Configuration.Read(file), [.. people.Except(["--app"])], app: people.Contains("--app"));
            return 0;

        case ["token", "--configuration", var file, var client, var person, .. var scopes]:
            Configuration configuration = Configuration.Read(file);
            await Console.Out.WriteLineAsync(await Viewer.TokenAsync(configuration, client, Credentials.Of(configuration, person), scopes));
            return 0;

        case ["emit", "--directory", var directory]:
            await Emit.RunAsync(directory, Console.Out);
            return 0;

        default:
            await Console.Error.WriteLineAsync(Usage);
            return 2;
    }
}
catch (HttpRequestException problem)
{
    await Console.Error.WriteLineAsync($"A service does not answer ({problem.Message}): see the logs in deploy/.run/logs.");
    return 1;
}
catch (DemoException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}
