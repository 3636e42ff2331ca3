namespace IdGenerator.Http.Observability;

/// <summary>Metrics of one part of the service, which has the values.</summary>
public interface IInstruments
{
    /// <summary>Makes the instruments. Called once, before the first scrape.</summary>
    void Register();
}
