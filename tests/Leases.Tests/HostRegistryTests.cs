using System.Diagnostics;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>Processes of one host, one after the other, that want worker ID 9.</summary>
public sealed class HostRegistryTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Note => HostRegistry.FileOf(_scratch.IdSpace, 9);

    [Fact]
    public void The_first_directory_is_noted_for_everybody_to_read_and_for_no_cleaner_to_remove()
    {
        var first = DirectoryOf("first");

        Assert.Equal(new(null, null), Claim(first));

        Assert.Equal($"{first}\n", File.ReadAllText(Note));
        Assert.Equal("-rw-r--r-T", Run("stat", "-c", "%A", Note));
    }

    [Fact]
    public void Who_keeps_the_directory_goes_on_whatever_its_name()
    {
        var first = DirectoryOf("first", hasRecord: true);
        Claim(first);
        File.SetLastWriteTimeUtc(Note, DateTime.UnixEpoch);

        Assert.Equal(new(null, null), Claim(first));
        Directory.CreateSymbolicLink(Path.Combine(_scratch.Directory, "link"), first);
        Assert.Equal(new(null, null), Claim(Path.Combine(_scratch.Directory, "link")));

        Assert.InRange(File.GetLastWriteTimeUtc(Note), DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow);
    }

    [Fact]
    public void A_record_that_is_gone_from_its_directory_is_told()
    {
        var first = DirectoryOf("first", hasRecord: true);
        Claim(first);
        File.Delete(FileLeaseStore.RecordPath(first, 9));

        Assert.Contains("is not mounted", Claim(first).Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_directory_is_refused_as_long_as_the_record_is_in_the_first()
    {
        var first = DirectoryOf("first", hasRecord: true);
        Claim(first);

        var refusal = Claim(DirectoryOf("second")).Refusal;

        Assert.Contains($"Set the data directory to {first},", refusal, StringComparison.Ordinal);
        Assert.Contains($"{Note} by user {Run("id", "-u")}", refusal, StringComparison.Ordinal);
        Assert.Equal(new(null, null), Claim(first));
    }

    [Fact]
    public void Another_worker_id_and_another_id_space_have_notes_of_their_own()
    {
        Claim(DirectoryOf("first", hasRecord: true));

        Assert.Null(HostRegistry.Claim(_scratch.IdSpace, 10, DirectoryOf("second")).Refusal);
        using var other = new Scratch();
        Assert.Null(HostRegistry.Claim(other.IdSpace, 9, DirectoryOf("second")).Refusal);
    }

    [Fact]
    public void A_record_that_was_moved_is_followed_with_a_warning()
    {
        var (first, second) = (DirectoryOf("first", hasRecord: true), DirectoryOf("second"));
        Claim(first);
        File.Move(FileLeaseStore.RecordPath(first, 9), FileLeaseStore.RecordPath(second, 9));

        var answer = Claim(second);

        Assert.Null(answer.Refusal);
        Assert.Contains($"had its record in {first}", answer.Warning, StringComparison.Ordinal);
        Assert.Contains($"Set the data directory to {second},", Claim(first).Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("relative/directory\n")]
    [InlineData("/home/a\n/home/b\n")]
    [InlineData("/home/\u001b[2J\n")]
    [InlineData("/\0\n")]
    public void What_this_program_would_not_have_written_is_refused_and_never_repeated(string content)
    {
        File.WriteAllText(Note, content);

        var refusal = Claim(DirectoryOf("first")).Refusal;

        Assert.StartsWith($"{Note} does not name the directory", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal!, char.IsControl);
        Assert.Equal(content, File.ReadAllText(Note));
    }

    [Theory]
    [InlineData("mkfifo")]
    [InlineData("mkdir")]
    [InlineData("ln", "-s", "/etc/hostname")]
    [InlineData("ln", "-s", "/nonexistent")]
    [InlineData("ln", "-s", "self")]
    public void What_is_no_file_is_refused_without_being_opened(string command, params string[] arguments)
    {
        Run(command, [.. arguments, Note]);

        Assert.StartsWith($"{Note} does not name the directory", Claim(DirectoryOf("first")).Refusal, StringComparison.Ordinal);
        Run("rm", "-r", Note);
    }

    [RootFact]
    public void A_note_of_another_user_is_not_replaced_though_the_record_is_gone()
    {
        var first = DirectoryOf("first");
        Claim(first);
        Run("chown", "4711", Note);

        var refusal = Claim(DirectoryOf("second")).Refusal;

        Assert.Contains("by user 4711", refusal, StringComparison.Ordinal);
        Assert.Contains($"remove {Note}", refusal, StringComparison.Ordinal);
        Assert.Equal($"{first}\n", File.ReadAllText(Note));
    }

    public void Dispose() => _scratch.Dispose();

    private RegistryAnswer Claim(string directory) => HostRegistry.Claim(_scratch.IdSpace, 9, directory);

    private string DirectoryOf(string name, bool hasRecord = false)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_scratch.Directory, name)).FullName;
        if (hasRecord) File.WriteAllText(FileLeaseStore.RecordPath(directory, 9), "{}");
        return directory;
    }

    private static string Run(string program, params string[] arguments) =>
        ChildProcess.OutputOfAsync(program, arguments).GetAwaiter().GetResult();
}
