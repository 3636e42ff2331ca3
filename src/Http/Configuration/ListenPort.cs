using System.Net;

namespace IdGenerator.Http.Configuration;

/// <summary>A TCP port that this process is going to listen on, on each of some addresses of the host.</summary>
/// <param name="Setting">The setting that names the port.</param>
/// <param name="Port">The port; 0 for any free one.</param>
/// <param name="Addresses">The addresses: <see cref="IPAddress.IPv6Any"/> stands for all of both families.</param>
public sealed record ListenPort(string Setting, int Port, IReadOnlyList<IPAddress> Addresses);
