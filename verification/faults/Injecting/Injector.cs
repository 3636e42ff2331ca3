namespace IdGenerator.Faults;

/// <summary>Makes faults happen. Each method ends when the fault is over, and answers whether there was one.</summary>
internal sealed partial class Injector(Deployment deployment)
{
    public Task<bool> InjectAsync(Fault fault)
    {
        var worker = fault.Worker == Fault.ApiServer ? null! : deployment.Workers[fault.Worker];
        return fault.Kind switch
        {
            FaultKind.Crash => CrashAsync(worker),
            FaultKind.PodKilled => KillPodAsync(worker),
            FaultKind.CleanStop => StopCleanlyAsync(worker),
            FaultKind.Pause => PauseAsync(worker, fault),
            FaultKind.ClockBack or FaultKind.ClockForward or FaultKind.ClockLeap => StepClockAsync(worker, fault),
            FaultKind.ClockRestart => RestartOnAnotherClockAsync(worker, fault),
            FaultKind.FarBackCrash => CrashFarBackAsync(worker, fault),
            FaultKind.FarGlitch => PutFarGlitchRightAsync(worker, fault),
            FaultKind.LinkDown => CutLinkAsync(worker, fault),
            FaultKind.ApiCutOff => CutOffAsync(worker, fault),
            FaultKind.LeaseDeleted => DeleteLeaseAsync(worker),
            FaultKind.LeaseRestored => RestoreLeaseAsync(worker, fault),
            FaultKind.Twin => StartTwinAsync(worker, fault),
            FaultKind.TwinOfPaused => StartTwinOfPausedAsync(worker, fault),
            FaultKind.TwinOfCutOff => StartTwinOfCutOffAsync(worker, fault),
            FaultKind.TwinOfUnlinked => StartTwinOfUnlinkedAsync(worker, fault),
            FaultKind.MemoryLimit => LimitMemoryAsync(worker, fault),
            FaultKind.LockFileRemoved => RemoveLockFileAsync(worker, fault),
            FaultKind.DiskFull => FillDiskAsync(worker, fault),
            FaultKind.TornFile => TearFileAsync(worker, fault),
            FaultKind.ApiKilled => KillApiServerAsync(fault),
            FaultKind.ApiSlow => TroubleAsync(Treatment.Delay, fault),
            FaultKind.ApiErrors => TroubleAsync(Treatment.Error, fault),
            FaultKind.ApiConflicts => TroubleAsync(Treatment.Conflict, fault),
            FaultKind.ApiCuts => TroubleAsync(Treatment.Cut, fault),
            _ => throw new InvalidOperationException($"{fault.Kind}"),
        };
    }
}
