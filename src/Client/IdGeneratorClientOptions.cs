namespace IdGenerator.Client;

/// <summary>
/// Settings of a client. In configuration they are a section of these names, such as <c>{"IdGenerator": {"MaxAge": "00:00:01"}}</c>.
/// All of them are checked at start, and each that is wrong is named.
/// </summary>
public sealed class IdGeneratorClientOptions
{
    /// <summary>
    /// IDs that were reserved ahead are dropped at this age. Longer rides out longer pauses of the cluster, at the price of older
    /// timestamps. Above 0, at most a day.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most IDs of one request to a worker, 1 to 4,096. Requests grow up to this as long as what they bring is used up in time.
    /// </summary>
    public int MaxBatch { get; set; } = 4_096;

    /// <summary>
    /// How long an answer of a worker is of use. Callers do not wait for it: another worker is asked after 50 ms. Above 0, at most
    /// <see cref="GiveUpAfter"/>.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long each caller waits, through any number of workers and attempts, before it is told that there are no IDs
    /// (<see cref="IdsUnavailableException"/>). Above 0, at most a day.
    /// </summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The Orleans cluster: of the chart, the name of the release.</summary>
    public string ClusterId { get; set; } = "id-generator";

    /// <summary>
    /// Where silos take clients, each as <c>host:port</c>. A host name is looked up again from time to time, and stands for all its
    /// addresses. Empty: <c>localhost:30000</c>. Not used where silos are found otherwise, or the services have an Orleans client.
    /// </summary>
    public IList<string> Gateways { get; } = [];
}
