using IdGenerator.Gateway.Commands;
using IdGenerator.Gateway.Configuration;
using IdGenerator.Gateway.Connections;
using IdGenerator.Gateway.FastPath;
using IdGenerator.Gateway.Http;
using IdGenerator.Gateway.Lifetime;
using IdGenerator.Gateway.Observability;

if (await Command.TryRunAsync(args) is { } commandExitCode) return commandExitCode;

var builder = WebApplication.CreateSlimBuilder([.. args, Settings.AreReadOnce]);
var reader = new SettingsReader(builder.Configuration);
var settings = Settings.Read(reader, OwnNeeds.Gateway);
if (!reader.Report(Console.Error)) return ExitCode.Configuration;
SocketThreads.Configure(settings);
ListenPort[] ports = [settings.HttpPort];
if (!ListenCheck.Passes(ports, Console.Error)) return ExitCode.Configuration;
if (!LeaseStores.TryOpen(settings, Console.Error, out var store, out var exitCode)) return exitCode;

builder.AddLogs(settings);
builder.AddTelemetry(settings);
builder.AddWorker(settings, store);
builder.AddGateway(settings);

var app = builder.Build();
app.MapGateway();
return await app.RunToExitCodeAsync(ports);
