namespace IdGenerator.Http.Configuration;

/// <summary>Where the file store keeps its records.</summary>
internal static class DataDirectory
{
    /// <summary>
    /// <c>DATA_DIR</c>, else the XDG Base Directory Specification's place for state that outlives a restart, which is made. It
    /// never depends on the directory that the process was started in.
    /// </summary>
    /// <returns>An absolute path; an empty one where the reader was told of a fault.</returns>
    public static string Read(SettingsReader reader)
    {
        const string allowed = "allowed is the absolute path of a directory on a local disk that outlives this process";
        if (reader.Text("DATA_DIR") is { } set)
        {
            if (Path.IsPathRooted(set)) return set;
            reader.Faults.Add($"DATA_DIR is \"{set}\"; {allowed}.");
            return "";
        }

        if ((Rooted("XDG_STATE_HOME") ?? BelowHome()) is not { } state)
        {
            reader.Faults.Add(
                $"DATA_DIR is not set, and there is no home directory (HOME is \"{reader.Text("HOME")}\"); {allowed}.");
            return "";
        }

        var directory = Path.Combine(state, "id-generator");
        try
        {
            return Directory.CreateDirectory(directory).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reader.Faults.Add($"DATA_DIR is not set, and {directory} cannot be made ({e.Message.TrimEnd('.')}); {allowed}.");
            return "";
        }

        string? BelowHome() =>
            Rooted("HOME") is { } home && Directory.Exists(home) ? Path.Combine(home, ".local", "state") : null;

        // The specification has relative paths ignored.
        string? Rooted(string name) => reader.Text(name) is { } path && Path.IsPathRooted(path) ? path : null;
    }
}
