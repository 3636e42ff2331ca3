using System.Buffers;
using BenchmarkDotNet.Attributes;
using IdGenerator.Http.FastPath;
using IdGenerator.Http.Formats;

namespace IdGenerator.Benchmarks;

/// <summary>IDs as bytes: the whole answer to <c>GET /id</c>, and the body of a bulk, 4,096 at a time.</summary>
public class Writing
{
    private const string Request = "GET /id HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\nUser-Agent: a\r\n\r\n";

    private readonly byte[] _request = System.Text.Encoding.ASCII.GetBytes(Request);
    private readonly IdRange _ids = new(1, new(90_000_000_000 << Layout.SequenceBits, 4_096));
    private readonly JsonFormat _json = new();
    private readonly FastResponse _response = new(TimeProvider.System);
    private readonly byte[] _beginning = FastResponse.Beginning(SingleFormat.Instance.MediaType);
    private readonly AnswerBuffer _answer = new();
    private readonly ArrayBufferWriter<byte> _output = new(256 * 1_024);

    [Benchmark]
    public int MeasureRequest() => FastRequest.Parse(_request).Length;

    [Benchmark]
    public int AnswerOne()
    {
        _answer.Begin();
        SingleFormat.Instance.Write(_answer, new(_ids.Worker, new(_ids.Slots.First, 1)), isFirst: true);
        var start = _response.WriteHead(_answer.Head, _beginning, _answer.BodyLength, isLast: false, now: 1);
        _answer.End();
        return start;
    }

    [Benchmark(OperationsPerInvoke = 4_096)]
    public int WriteJson()
    {
        _output.ResetWrittenCount();
        _json.Write(_output, _ids, isFirst: true);
        return _output.WrittenCount;
    }
}
