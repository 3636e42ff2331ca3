using System.Diagnostics;
using System.Runtime.InteropServices;
using IdGenerator.Testing;
using Npgsql;
using Xunit;

namespace IdGenerator.PostgresServer;

/// <summary>
/// A real PostgreSQL on a free port of this machine, with data of its own: a collection fixture, or used by itself. Nothing runs where it is not
/// installed, and nothing is left after dispose.
/// </summary>
public sealed partial class Postgres : IAsyncLifetime, IAsyncDisposable
{
    // It refuses to run as root. Debian's package brings this user.
    private const string User = "postgres";
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const int SigCont = 18;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"postgres-{Guid.NewGuid():N}");
    private ChildProcess? _server;
    private int _databases;

    /// <summary>Of the server, beside those that it needs: <c>name=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>How roles other than the administrator's show who they are: as pg_hba.conf has it.</summary>
    public string Authentication { get; init; } = "trust";

    /// <summary>The directory of the newest version that is installed; null for none.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderBy(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
            .Select(path => Path.Combine(path, "bin")).LastOrDefault(path => File.Exists(Path.Combine(path, "initdb")))
        : null;

    public int Port { get; } = FreePort.Next();

    public string Administrator => $"Host=127.0.0.1;Port={Port};Username={User};Database=postgres;Pooling=false";

    public async Task InitializeAsync()
    {
        if (Programs is null) return;
        await RunAsync("mkdir", "-m", "700", _directory);
        await RunAsync(Path.Combine(Programs, "initdb"), "-D", Data, "-U", User, "--auth=trust", "--no-sync", "--no-instructions");
        await RunAsync(
            "sh", "-c", $"printf 'host all {User} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 {Authentication}\n' > {Path.Combine(Data, "pg_hba.conf")}");
        await StartAsync();
    }

    /// <summary>Starts it on the same port and the same data; returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        string[] line =
        [
            .. AsUser, Path.Combine(Programs!, "postgres"), "-D", Data, "-p", $"{Port}", "-k", _directory,
            .. new[] { "listen_addresses=127.0.0.1", "max_connections=200" }.Concat(Settings).SelectMany(setting => new[] { "-c", setting }),
        ];
        var started = _server = new(line[0], line[1..]);
        var waited = Stopwatch.StartNew();
        while (!started.HasExited && waited.Elapsed < TimeSpan.FromSeconds(30))
        {
            try
            {
                await QueryAsync(Administrator, "SELECT 1");
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50);
            }
        }

        throw new InvalidOperationException($"PostgreSQL did not start:\n{started.Output}");
    }

    /// <summary>A new database.</summary>
    /// <returns>Its connection string, for a role that may do everything.</returns>
    public async Task<string> DatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await QueryAsync(Administrator, $"CREATE DATABASE {name}");
        return $"Host=127.0.0.1;Port={Port};Username={User};Database={name}";
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The first column of the first row; null for none.</returns>
    public static async Task<object?> QueryAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends all of its processes at once, as a power cut does to what was not on disk.</summary>
    public void Crash()
    {
        Signal(SigKill);
        _server!.Dispose();
        _server = null;
    }

    /// <summary>Stops all of its processes: connections stay, and nothing is answered.</summary>
    public void Pause() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    /// <summary>Starts it again after <see cref="Crash"/>, as a standby: it answers reads, and no writes.</summary>
    public async Task StartAsStandbyAsync()
    {
        await RunAsync("touch", Path.Combine(Data, "standby.signal"));
        await StartAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync()
    {
        if (_server is not null) Crash();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string[] AsUser => Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--init-groups"] : [];

    private string Data => Path.Combine(_directory, "data");

    private static Task<string> RunAsync(params string[] line)
    {
        string[] whole = [.. AsUser, .. line];
        return ChildProcess.OutputOfAsync(whole[0], whole[1..]);
    }

    /// <summary>The server and what it has started: proc(5), the parent is the fourth field.</summary>
    private List<int> Processes()
    {
        var server = _server!.Id;
        var children = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
            .Where(process => ParentOf(process) == server);
        return [server, .. children];
    }

    // One that has ended meanwhile needs no signal.
    private void Signal(int signal)
    {
        foreach (var process in Processes()) _ = kill(process, signal);
    }

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
