using AccessGov.DemoHospital;

const string Usage =
    """
    Usage:
      load --configuration FILE   loads the demo hospital into the decision service named in FILE (deploy/.run/accessgov.json)
      ask  --configuration FILE   asks it real questions; exits with 1 when an answer is not the expected one
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
    await Console.Error.WriteLineAsync($"The decision service does not answer ({problem.Message}): see deploy/.run/logs/policy-decision.log.");
    return 1;
}
catch (DemoException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}
