using AccessGov.Cli;

Terminal terminal = Terminal.OfProcess();
try
{
    int exitCode = CommandLine.Run(args, terminal);
    terminal.Output.Flush();
    return exitCode;
}
catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
{
    return terminal.OutputLost(refused.Message);
}
