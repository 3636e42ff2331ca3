using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace IdGenerator.Faults;

/// <summary>
/// One client of one place: a request after the other, each after the answer to the one before has ended. Writes every ID
/// that it gets to a stream of its own, those of answers that broke off included.
/// </summary>
internal sealed class Client : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Place _place;
    private readonly Invariants _invariants;
    private readonly HttpClient _http;
    private readonly FileStream _stream;
    private readonly List<Served> _served = [];
    private readonly List<long> _ids = [];
    private readonly Dictionary<int, long> _highest = [];
    private byte[] _body = new byte[8 << 10];

    /// <param name="place">Whom it asks.</param>
    /// <param name="stream">Where it writes what it gets.</param>
    /// <param name="invariants">Are told the highest ID of each worker in an answer.</param>
    public Client(Place place, string stream, Invariants invariants)
    {
        (_place, Stream, _invariants) = (place, stream, invariants);
        _stream = new(stream, FileMode.Create, FileAccess.Write, FileShare.Read, 64 << 10);
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) };
        _http = new(handler) { BaseAddress = place.Url, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Place Place => _place;

    /// <summary>The file of its IDs, 8 bytes each.</summary>
    public string Stream { get; }

    public IReadOnlyList<Served> Served => _served;

    public long Requests { get; private set; }

    public long Ids { get; private set; }

    /// <returns>How many IDs came.</returns>
    public async Task<int> SendAsync(Ask ask, TimeSpan? patience = null)
    {
        Requests++;
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        using var message = new HttpRequestMessage(HttpMethod.Get, ask.Path);
        if (ask.MediaType is not null) message.Headers.TryAddWithoutValidation("Accept", ask.MediaType);
        var length = 0;
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (response.StatusCode != HttpStatusCode.OK) return 0;
            using var content = await response.Content.ReadAsStreamAsync(timeout.Token);
            var enough = ask.HangsUp ? ask.Count * sizeof(long) / 2 : int.MaxValue;
            while (length < enough)
            {
                if (length == _body.Length) Array.Resize(ref _body, 2 * length);
                var read = await content.ReadAsync(_body.AsMemory(length), timeout.Token);
                if (read == 0) break;
                length += read;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            // What had come by then counts.
        }

        return Keep(ask, began, Stopwatch.GetTimestamp(), length);
    }

    public void Dispose()
    {
        _http.Dispose();
        _stream.Dispose();
    }

    private int Keep(Ask ask, long began, long ended, int length)
    {
        _ids.Clear();
        Body.Read(ask.MediaType, _body.AsSpan(0, length), _ids);
        if (_ids.Count == 0) return 0;
        _stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ids)));
        Judge(began, ended);
        if (!ask.IsOfAll) _place.HasIssued(began);
        Ids += _ids.Count;
        return _ids.Count;
    }

    /// <summary>
    /// An answer rises from end to end, whosever its IDs are. Between answers, that the later one is higher holds for the worker that was
    /// asked alone: which process another worker's IDs come from is up to the silo that was asked.
    /// </summary>
    private void Judge(long began, long ended)
    {
        long? first = null;
        _highest.Clear();
        for (var index = 0; index < _ids.Count; index++)
        {
            var worker = (int)(_ids[index] >> 12) & 1_023;
            if (index > 0 && _ids[index] <= _ids[index - 1])
                _invariants.Violate(worker, "Rising answer", $"{_ids[index]} comes after {_ids[index - 1]} in an answer of {_place.Name}");
            if (worker == _place.Worker) first ??= _ids[index];
            _highest[worker] = _ids[index];
        }

        if (first is { } lowest) _served.Add(new(began, ended, lowest, _highest[_place.Worker]));
        foreach (var (worker, id) in _highest) _invariants.OnIssued(worker, id);
    }
}
