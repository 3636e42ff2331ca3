namespace IdGenerator.Leases.Tests;

public sealed class WorkerIdentityTests
{
    [Theory]
    [InlineData("5", "ids-7", "host-9", 5, "WORKER_ID")]
    [InlineData("", "ids-7", "host-9", 7, "POD_NAME")]
    [InlineData(null, "", "host-9", 9, "the host name")]
    [InlineData("0", null, "laptop", 0, "WORKER_ID")]
    [InlineData("1023", null, "laptop", 1023, "WORKER_ID")]
    [InlineData("007", null, "laptop", 7, "WORKER_ID")]
    [InlineData(null, "a-b-c-12", "laptop", 12, "POD_NAME")]
    public void The_first_setting_that_names_a_worker_id_counts(
        string? workerId, string? podName, string hostName, int worker, string source)
    {
        var (identity, faults) = Find(workerId, podName, hostName);

        Assert.Empty(faults);
        Assert.Equal(new(worker, source), identity);
    }

    [Theory]
    [InlineData("1024")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("one")]
    [InlineData("99999999999999999999")]
    [InlineData("١")]
    public void A_bad_worker_id_is_a_fault_even_where_another_setting_would_do(string workerId)
    {
        var (identity, faults) = Find(workerId, "ids-7", "host-9");

        Assert.Null(identity);
        Assert.Equal($"WORKER_ID is \"{workerId}\"; allowed is a whole number from 0 to 1023.", Assert.Single(faults));
    }

    [Theory]
    [InlineData("ids")]
    [InlineData("ids-1024")]
    [InlineData("ids-7f9c")]
    [InlineData("ids-")]
    [InlineData("-3")]
    public void A_pod_name_without_a_fitting_ordinal_is_a_fault(string podName)
    {
        var (identity, faults) = Find(null, podName, "host-9");

        Assert.Null(identity);
        Assert.Contains($"POD_NAME is \"{podName}\"", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_name_without_an_ordinal_names_nothing_and_is_no_fault()
    {
        var (identity, faults) = Find(null, null, "laptop");

        Assert.Null(identity);
        Assert.Empty(faults);
    }

    private static (WorkerIdentity? Identity, List<string> Faults) Find(string? workerId, string? podName, string hostName)
    {
        var faults = new List<string>();
        var identity = WorkerIdentity.Find(
            name => name switch { "WORKER_ID" => workerId, "POD_NAME" => podName, _ => null }, hostName, faults);
        return (identity, faults);
    }
}
