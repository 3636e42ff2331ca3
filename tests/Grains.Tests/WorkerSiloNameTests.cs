namespace IdGenerator.Grains.Tests;

public sealed class WorkerSiloNameTests
{
    [Theory]
    [InlineData(0, "worker-0")]
    [InlineData(1023, "worker-1023")]
    public void Carries_the_worker_id(int worker, string name)
    {
        Assert.Equal(name, WorkerSiloName.Format(worker));
        Assert.True(WorkerSiloName.TryParse(name, out var parsed));
        Assert.Equal(worker, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("worker-")]
    [InlineData("worker-1024")]
    [InlineData("worker-01")]
    [InlineData("worker--1")]
    [InlineData("worker-+1")]
    [InlineData("worker- 1")]
    [InlineData("Worker-1")]
    [InlineData("worker-99999999999")]
    [InlineData("Silo_1")]
    public void Is_nothing_else(string? name) => Assert.False(WorkerSiloName.TryParse(name, out _));
}
