using System.Buffers;
using BenchmarkDotNet.Attributes;
using IdGenerator.Http.Bulk;
using IdGenerator.Http.FastPath;

namespace IdGenerator.Benchmarks;

/// <summary>IDs as bytes: the whole answer to <c>GET /id</c>, and the body of a bulk, 4,096 at a time.</summary>
public class Writing
{
    private const string Request = "GET /id HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\nUser-Agent: a\r\n\r\n";

    private readonly byte[] _request = System.Text.Encoding.ASCII.GetBytes(Request);
    private readonly IdRange _ids = new(1, new(90_000_000_000 << Layout.SequenceBits, 4_096));
    private readonly JsonFormat _json = new();
    private readonly FastResponse _response = new(TimeProvider.System);
    private readonly byte[] _answer = new byte[FastResponse.MaxLength];
    private readonly ArrayBufferWriter<byte> _output = new(256 * 1_024);

    [Benchmark]
    public int MeasureRequest() => FastRequest.Measure(_request);

    [Benchmark]
    public int AnswerOne() => _response.Write(_answer, _ids[0]);

    [Benchmark(OperationsPerInvoke = 4_096)]
    public int WriteJson()
    {
        _output.ResetWrittenCount();
        _json.Write(_output, _ids, isFirst: true);
        return _output.WrittenCount;
    }
}
