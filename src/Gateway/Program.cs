using IdGenerator.Http.Configuration;
using IdGenerator.Http.Connections;
using IdGenerator.Http.Hosting;
using IdGenerator.Http.Observability;

HostCulture.Ignore();
StandardError.MayBeUnwritable();
if (await Command.TryRunAsync(args) is { } commandExitCode) return commandExitCode;

var builder = WebApplication.CreateSlimBuilder([.. args, Settings.AreReadOnce]);
var reader = new SettingsReader(builder.Configuration);
var configured = Settings.Read(reader, OwnNeeds.Gateway);
if (!reader.Report(Console.Error)) return ExitCode.Configuration;
ListenPort[] ports = [configured.HttpPort];
var early = EarlySockets.For(configured);
if (!ListenCheck.Passes(ports, Console.Error, early)) return ExitCode.Configuration;
var (settings, claimExitCode) = await AutoWorker.TakeAsync(configured, Console.Error);
if (settings is null) return claimExitCode;
if (!LeaseStores.TryOpen(settings, Console.Error, out var store, out var exitCode)) return exitCode;

builder.AddLogs(settings);
builder.AddTelemetry(settings.Lease, instance: settings.Holder.Name);
builder.AddWorker(settings, store);
builder.AddGateway(settings, early);

var app = builder.Build();
if (!app.TryStartTelemetry(Console.Error)) return ExitCode.Configuration;
app.MapGateway();
return await app.RunToExitCodeAsync(ports);
