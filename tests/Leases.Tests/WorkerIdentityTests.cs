namespace IdGenerator.Leases.Tests;

public sealed class WorkerIdentityTests
{
    [Theory]
    [InlineData("5", "ids-7", "host-9", 5, "WORKER_ID")]
    [InlineData("", "ids-7", "host-9", 7, "the ordinal of POD_NAME ids-7")]
    [InlineData(null, "", "host-9", 9, "the ordinal of the host name host-9")]
    [InlineData("0", null, "laptop", 0, "WORKER_ID")]
    [InlineData("1023", null, "laptop", 1023, "WORKER_ID")]
    [InlineData("007", null, "laptop", 7, "WORKER_ID")]
    [InlineData(null, "a-b-c-12", "laptop", 12, "the ordinal of POD_NAME a-b-c-12")]
    public void The_first_setting_that_names_a_worker_id_counts(
        string? workerId, string? podName, string hostName, int worker, string source)
    {
        var (identity, faults) = Find(workerId, podName, hostName);

        Assert.Empty(faults);
        Assert.Equal(new(worker, source), identity);
    }

    [Theory]
    [InlineData(null, "ip-10-0-3-27")]
    [InlineData("", "ip-10-0-3-27")]
    [InlineData("ids-7", "laptop")]
    public void Without_a_store_that_could_refuse_a_second_one_no_name_makes_a_worker_id(string? podName, string hostName)
    {
        var (identity, faults) = Find(null, podName, hostName, sharedStore: false);

        Assert.Null(identity);
        var fault = Assert.Single(faults);
        Assert.StartsWith("WORKER_ID is not set; allowed is a whole number from 0 to 1023", fault, StringComparison.Ordinal);
        var candidate = podName is "ids-7" ? "POD_NAME \"ids-7\"" : "the host name \"ip-10-0-3-27\"";
        Assert.Contains($"It is not taken from {candidate}", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_id_that_was_stated_needs_no_shared_store() =>
        Assert.Equal(new(5, "WORKER_ID"), Find("5", "ids-7", "host-9", sharedStore: false).Identity);

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
    public void Where_nothing_names_a_worker_id_the_fault_says_what_would()
    {
        var (identity, faults) = Find(null, null, "laptop");

        Assert.Null(identity);
        Assert.Equal(
            "WORKER_ID is not set, and neither POD_NAME nor the host name \"laptop\" ends in an ordinal; " +
            "allowed is a whole number from 0 to 1023.",
            Assert.Single(faults));
    }

    private static (WorkerIdentity? Identity, List<string> Faults) Find(
        string? workerId, string? podName, string hostName, bool sharedStore = true)
    {
        var faults = new List<string>();
        var identity = WorkerIdentity.Find(
            name => name switch { "WORKER_ID" => workerId, "POD_NAME" => podName, _ => null }, hostName, sharedStore, faults);
        return (identity, faults);
    }
}
