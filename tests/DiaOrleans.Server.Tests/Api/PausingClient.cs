using System.Net.Sockets;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>A client that pauses while it reads. Little of what it does not read fits into the buffers of its connection.</summary>
internal sealed class PausingClient : IDisposable
{
    private const int ReceiveBytes = 16 << 10;

    private readonly HttpClient _client;
    private HttpResponseMessage? _answer;
    private Stream? _body;

    public PausingClient(Uri server)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) => await Connect(context.DnsEndPoint, stop),
        };
        _client = new HttpClient(handler) { BaseAddress = server };
    }

    /// <summary>Headers of the answer.</summary>
    public HttpResponseMessage Answer => _answer!;

    /// <summary>Sends a request and reads the head of its answer.</summary>
    public async Task Send(string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        _answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        _answer.EnsureSuccessStatusCode();
        _body = await _answer.Content.ReadAsStreamAsync();
    }

    /// <summary>Reads to the end, with a pause after the first bytes.</summary>
    /// <returns>The body.</returns>
    public async Task<byte[]> Read(TimeSpan pause)
    {
        using var body = new MemoryStream();
        var block = new byte[ReceiveBytes];
        for (int read; (read = await _body!.ReadAsync(block)) > 0; body.Write(block, 0, read))
        {
            if (body.Length == 0) await Task.Delay(pause);
        }

        return body.ToArray();
    }

    public void Dispose()
    {
        _answer?.Dispose();
        _client.Dispose();
    }

    private static async Task<Stream> Connect(System.Net.DnsEndPoint server, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBytes };
        await socket.ConnectAsync(server, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
