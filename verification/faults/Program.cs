using IdGenerator.Faults;

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return (int)ExitCode.NoVerdict;
}

try
{
    return (int)await Run.RunAsync(options);
}
catch (HarnessException e)
{
    await Console.Error.WriteLineAsync($"No verdict: {e.Message}");
    return (int)ExitCode.NoVerdict;
}
