using System.Diagnostics.CodeAnalysis;
using IdGenerator.Leases;

namespace IdGenerator.Membership;

/// <summary>
/// What a silo writes into its own lease and reads in all of them: whoever holds the lease of a worker is a member of the cluster, in the
/// row that the lease carries; and each renewal says that the silo is alive.
/// </summary>
/// <param name="own">The lease of this silo's worker.</param>
/// <param name="silo">Address, name, host and port of this silo. The name is that of its worker, the same for every silo that has the worker.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing that has to be freed.")]
public sealed class SiloLeases(INotedLeaseStore own, MembershipRow silo)
{
    /// <summary>
    /// How far ahead versions are announced. More announcements, which are writes of the own lease, are needed where it is small; and
    /// a table that is made anew begins so much higher.
    /// </summary>
    internal const int VersionsAhead = 100;

    private readonly SemaphoreSlim _announcing = new(1, 1);
    private string _row = "";
    private int _version;
    private long _writes;

    /// <summary>The generation under which this silo holds its worker ID.</summary>
    public long Term => own.Generation;

    public string Name => silo.Name;

    public string Self => silo.Address;

    /// <summary>This silo's row as it was announced last; null before.</summary>
    public MembershipRow? Announced => MembershipRow.Parse(Volatile.Read(ref _row)) is { } row ? row with { Term = Term } : null;

    /// <summary>This silo's row before Orleans has written one.</summary>
    public MembershipRow Joining(int version, DateTime now) =>
        silo with { Version = version, Term = Term, Status = nameof(SiloStatus.Joining), Start = now, Alive = now };

    /// <summary>
    /// Says in the own lease what is about to be written into the table: before a row is there, the lease carries it; and before a version
    /// is there, the lease bounds it. So whoever makes a lost table anew from the leases leaves out nothing that anybody has seen.
    /// </summary>
    /// <param name="row">The own row; null where that of another silo is written.</param>
    /// <param name="version">The version to be written.</param>
    /// <param name="alive">What the own clock shows.</param>
    /// <param name="ahead">How many versions after that one are announced as well, unless the lease bounds it already.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False where the lease is of this silo no more.</returns>
    /// <exception cref="LeaseStoreException">Nobody knows whether it was written.</exception>
    public async Task<bool> AnnounceAsync(MembershipRow? row, int version, DateTime alive, int ahead, CancellationToken cancellation)
    {
        await _announcing.WaitAsync(cancellation);
        try
        {
            var text = row is null ? _row : Text(row);
            if (text == _row && version <= _version) return true;
            return await NoteAsync(text, Math.Max(_version, version + ahead), alive, cancellation);
        }
        finally
        {
            _announcing.Release();
        }
    }

    /// <summary>Writes the note once more, and so finds out who has the lease.</summary>
    /// <returns>False where the lease is of this silo no more.</returns>
    /// <exception cref="LeaseStoreException">Nobody knows whether it was written.</exception>
    public async Task<bool> IsHeldAsync(DateTime now, CancellationToken cancellation)
    {
        await _announcing.WaitAsync(cancellation);
        try
        {
            return await NoteAsync(_row, _version, now, cancellation);
        }
        finally
        {
            _announcing.Release();
        }
    }

    /// <summary>Writes that this silo is alive, unless its lease was written since the last call, and so has said it.</summary>
    /// <exception cref="LeaseStoreException">Nobody knows whether it was written.</exception>
    public async Task SayAliveAsync(DateTime now, CancellationToken cancellation)
    {
        await _announcing.WaitAsync(cancellation);
        try
        {
            if (own.Writes == _writes) await NoteAsync(_row, _version, now, cancellation);
            _writes = own.Writes;
        }
        finally
        {
            _announcing.Release();
        }
    }

    /// <param name="cached">As <see cref="INotedLeaseStore.ReadAllAsync"/> has it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MembershipException">This process may not read them.</exception>
    /// <exception cref="LeaseStoreException">There was no answer.</exception>
    public async Task<LeasedRows> ReadAllAsync(bool cached, CancellationToken cancellation)
    {
        try
        {
            var silos = await own.ReadAllAsync(cached, cancellation);
            return new(
                [.. silos.Select(silo => Row(silo)).OfType<MembershipRow>()], silos.Select(silo => silo.Version).DefaultIfEmpty().Max());
        }
        catch (LeaseStoreException e) when (e.IsFinal)
        {
            throw new MembershipException(e.Message);
        }
    }

    private async Task<bool> NoteAsync(string row, int version, DateTime alive, CancellationToken cancellation)
    {
        if (!await own.NoteAsync(new(row, version, alive), cancellation)) return false;
        Volatile.Write(ref _row, row);
        _version = version;
        return true;
    }

    /// <summary>What an e-tag and other silos' suspicions say belongs to one table alone.</summary>
    private static string Text(MembershipRow row) =>
        (row with { Version = 0, Suspects = null }).ToJson();

    // One that cannot be read is of a release that writes it in another way, or was edited: that silo writes its row by itself when it next
    // reads the table.
    private static MembershipRow? Row(NotedLease silo) =>
        silo.Note is { Row.Length: > 0 } note && MembershipRow.Parse(note.Row) is { } row
            ? row with { Term = silo.Generation, Alive = note.Alive }
            : null;
}

/// <summary>The rows of all silos that hold the lease of their worker.</summary>
/// <param name="Rows">Each with its term, and with the time at which it last said that it is alive.</param>
/// <param name="Version">No version of the table above this one was ever written.</param>
public sealed record LeasedRows(IReadOnlyList<MembershipRow> Rows, int Version);
