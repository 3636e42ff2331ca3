using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace IdGenerator.Testing;

/// <summary>
/// The service as its users run it: a process of its own, configured by environment variables, on a free port. It ends with
/// the test.
/// </summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigStop = 19;
    private const int SigCont = 18;

    private static readonly string[] Ours =
        ["WORKER_ID", "POD_NAME", "POD_UID", "ID_SPACE", "DATA_DIR", "LEASE_STORE", "KUBERNETES_SERVICE_HOST"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private readonly string? _ownIdSpace;

    private ServiceProcess(Process process, int port, string? ownIdSpace)
    {
        (_process, Port, _ownIdSpace) = (process, port, ownIdSpace);
        Client = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = Patience };
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public int Id => _process.Id;

    public HttpClient Client { get; }

    /// <summary>Standard output so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    public bool HasExited => _process.HasExited;

    /// <summary>The value of a series in the process's metrics; the name may be without the empty labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var metrics = await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var series = name.EndsWith('}') ? name : name + "{}";
        return double.Parse(metrics.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal)).Split(' ')[1]);
    }

    /// <summary>
    /// Starts the program of the <paramref name="project"/>, Gateway, Silo or Orders, with these variables and no others of its own, in an ID space of its own
    /// where they name none.
    /// </summary>
    public static ServiceProcess Start(string project, params (string Name, string Value)[] variables) =>
        StartUnder([], project, variables);

    /// <summary>As <see cref="Start"/>, with arguments.</summary>
    public static ServiceProcess Run(string project, string[] arguments, params (string Name, string Value)[] variables) =>
        Launch([], project, arguments, variables);

    /// <summary>As <see cref="Start"/>, by a command that starts what its last arguments say.</summary>
    public static ServiceProcess StartUnder(string[] command, string project, params (string Name, string Value)[] variables) =>
        Launch(command, project, [], variables);

    /// <summary>As <see cref="StartUnder"/>, with arguments.</summary>
    public static ServiceProcess RunUnder(string[] command, string project, string[] arguments) => Launch(command, project, arguments, []);

    private static ServiceProcess Launch(
        string[] command, string project, string[] arguments, (string Name, string Value)[] variables)
    {
        var port = FreePort.Next();
        var program = project switch
        {
            "Gateway" => Programs.Gateway,
            "Silo" => Programs.Silo,
            "Orders" => Programs.Orders,
            _ => throw new ArgumentOutOfRangeException(nameof(project), project, null),
        };
        string[] line = [.. command, .. Programs.Command(program), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in Ours) start.Environment.Remove(name);
        start.Environment[project == "Orders" ? "ASPNETCORE_HTTP_PORTS" : "PORT"] = $"{port}";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var ownIdSpace = start.Environment.ContainsKey("ID_SPACE") ? null : Scratch.NewIdSpace();
        if (ownIdSpace is not null) start.Environment["ID_SPACE"] = ownIdSpace;
        return new(Process.Start(start)!, port, ownIdSpace);
    }

    /// <summary>Waits until the service issues IDs.</summary>
    public Task<ServiceProcess> ReadyAsync() => AnswersAsync("/health/ready", status => status == HttpStatusCode.OK);

    /// <summary>Waits until a request for <paramref name="path"/> is answered as wished.</summary>
    public async Task<ServiceProcess> AnswersAsync(string path, Func<HttpStatusCode, bool> wished, TimeSpan? patience = null)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < (patience ?? Patience) && !HasExited)
        {
            try
            {
                using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative));
                if (wished(answer.StatusCode)) return this;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                // Not listening yet, or not any more.
            }

            await Task.Delay(5);
        }

        throw new TimeoutException($"{path} was not answered as wished.\n{Output}\n{Errors}");
    }

    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as Kubernetes or Ctrl+C would.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Ends it without a chance to clean up.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>Stops it; from the return on, none of its threads runs.</summary>
    public void Pause()
    {
        Signal(SigStop);
        // proc(5): the state is the third field, behind the name in parentheses.
        while (!Directory.GetDirectories($"/proc/{_process.Id}/task").All(IsStopped)) Thread.Yield();

        static bool IsStopped(string thread) => File.ReadAllText(Path.Combine(thread, "stat")) is var text && text[(text.LastIndexOf(')') + 2)..].StartsWith('T');
    }

    public void Resume() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        if (!HasExited) await CrashAsync();
        Client.Dispose();
        _process.Dispose();
        if (_ownIdSpace is not null) Scratch.Forget(_ownIdSpace);
    }

    private void Signal(int signal)
    {
        if (kill(_process.Id, signal) != 0) throw new InvalidOperationException($"Signal {signal} was not sent.");
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
