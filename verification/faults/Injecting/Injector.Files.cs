namespace IdGenerator.Faults;

internal sealed partial class Injector
{
    /// <summary>Counts where a renewal found no space.</summary>
    private static async Task<bool> FillDiskAsync(Worker worker, Fault fault)
    {
        const string Words = "cannot be written";
        var before = Count(worker.Pod.Log, Words);
        worker.Disk!.Fill();
        await Wait.SecondsAsync(fault.Seconds);
        var wasSeen = Count(worker.Pod.Log, Words) > before;
        worker.Disk.Free();
        return wasSeen;
    }

    /// <summary>The second process finds no lock, so that only the record can tell it that there is a holder.</summary>
    private static Task<bool> RemoveLockFileAsync(Worker worker, Fault fault)
    {
        File.Delete(Path.ChangeExtension(worker.Disk!.LeaseFile, ".lock"));
        return StartTwinAsync(worker, fault);
    }

    /// <summary>A torn file must be refused, with exit code 77; its operator restores what the dead process had written.</summary>
    private static async Task<bool> TearFileAsync(Worker worker, Fault fault)
    {
        const int Refused = 77;
        var pod = worker.Pod;
        pod.IsWanted = false;
        await pod.KillAsync();
        var file = worker.Disk!.LeaseFile;
        var whole = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, whole[..(int)((whole.Length - 1) * fault.Amount)]);
        pod.Start();
        await Wait.ForAsync(() => !pod.IsRunning, 15);
        var wasRefused = pod.ExitCode == Refused;
        await pod.KillAsync();
        await File.WriteAllBytesAsync(file, whole);
        pod.IsWanted = true;
        return wasRefused;
    }
}
