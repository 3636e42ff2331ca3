namespace IdGenerator.Leases;

/// <summary>Where the file store keeps its records.</summary>
public static class DataDirectory
{
    /// <summary>
    /// What is set, else the XDG Base Directory Specification's place for state that outlives a restart, which is made. It
    /// never depends on the directory that the process was started in.
    /// </summary>
    /// <param name="setting">The name of the setting, for messages.</param>
    /// <param name="set">What is set; null or empty for the usual place.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="faults">Gets a sentence for what cannot be used.</param>
    /// <returns>An absolute path; an empty one where there is a fault.</returns>
    public static string Find(string setting, string? set, Func<string, string?> variable, ICollection<string> faults)
    {
        const string allowed = "allowed is the absolute path of a directory on a local disk that outlives this process";
        if (!string.IsNullOrEmpty(set))
        {
            if (Path.IsPathRooted(set)) return set;
            faults.Add($"{setting} is \"{set}\"; {allowed}.");
            return "";
        }

        if ((Rooted("XDG_STATE_HOME") ?? BelowHome()) is not { } state)
        {
            faults.Add(
                $"{setting} is not set, and there is no home directory (HOME is \"{variable("HOME")}\"); {allowed}.");
            return "";
        }

        var directory = Path.Combine(state, "id-generator");
        try
        {
            return Directory.CreateDirectory(directory).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{setting} is not set, and {directory} cannot be made ({e.Message.TrimEnd('.')}); {allowed}.");
            return "";
        }

        string? BelowHome() =>
            Rooted("HOME") is { } home && Directory.Exists(home) ? Path.Combine(home, ".local", "state") : null;

        // The specification has relative paths ignored.
        string? Rooted(string name) => variable(name) is { Length: > 0 } path && Path.IsPathRooted(path) ? path : null;
    }
}
