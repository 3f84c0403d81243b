using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>A server with a fake recognizer and, unless a test changes that, without auto_transcribe.</summary>
internal sealed class PromptServer : IAsyncDisposable
{
    private readonly RunningServer _server;
    private readonly string _folder;
    private readonly bool _ownsFolder;

    private PromptServer(
        RunningServer server,
        FakeRecognizer recognizer,
        string folder,
        bool ownsFolder)
    {
        _server = server;
        Recognizer = recognizer;
        _folder = folder;
        _ownsFolder = ownsFolder;
    }

    public FakeRecognizer Recognizer { get; }

    public HttpClient Client => _server.Client;

    public static async Task<PromptServer> Start(string? folder = null, bool autoTranscribe = false)
    {
        var recognizer = new FakeRecognizer();
        var path = folder ?? Directory.CreateTempSubdirectory("dia-prompt-test-").FullName;
        var server = new PromptServer(
            await RunningServer.Start(folder: path, services: services => services.AddSingleton<ISpeechRecognizer>(recognizer)),
            recognizer,
            path,
            folder is null);
        (await server.Client.PutJson("/config", autoTranscribe ? "{}" : """{"auto_transcribe":false}""")).EnsureSuccessStatusCode();
        return server;
    }

    /// <summary>Removes prompts and voices, switches auto_transcribe off and resets the recognizer.</summary>
    public async Task Clear()
    {
        foreach (var route in (string[])["/voice_mappings", "/audio_prompts/metadata"])
        {
            foreach (var one in (await (await Client.GetAsync(route)).Json()).EnumerateObject())
                (await Client.DeleteAsync($"{route.Replace("/metadata", "")}/{Uri.EscapeDataString(one.Name)}")).EnsureSuccessStatusCode();
        }

        var folder = Path.Combine(_folder, "audio_prompts");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        else System.IO.File.Delete(folder);
        Recognizer.Available = true;
        Recognizer.Failure = null;
        Recognizer.Text = "Heard words.";
        await Client.Accepted(HttpMethod.Put, "/config", """{"auto_transcribe":false}""");
    }

    public string File(string name) => Path.Combine(_folder, "audio_prompts", name);

    public Task Put(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "audio_prompts"));
        return System.IO.File.WriteAllBytesAsync(File(name), content);
    }

    public Task Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    public Task<HttpResponseMessage> Upload(string id, byte[]? file = null, string fileName = "x.wav", string prefix = "") =>
        Client.PostAsync($"{prefix}/audio_prompts/upload", Form(id, file ?? Tone(1), fileName));

    /// <summary>A form; parts that are null are left out.</summary>
    public static MultipartFormDataContent Form(string? id, byte[]? file, string fileName = "x.wav", bool fileFirst = false)
    {
        var form = new MultipartFormDataContent();
        if (file is not null && fileFirst) form.Add(FilePart(file, fileName));
        if (id is not null) form.Add(new StringContent(id), "prompt_id");
        if (file is not null && !fileFirst) form.Add(FilePart(file, fileName));
        return form;
    }

    public static byte[] Tone(double seconds, int rate = 16000, double hertz = 220) =>
        WaveFile.Encode(
            [.. Enumerable.Range(0, (int)(seconds * rate)).Select(i => 0.3f * (float)Math.Sin(i * hertz * 2 * Math.PI / rate))],
            rate);

    /// <summary>A tone of 1.5 s that ffmpeg has encoded.</summary>
    public static async Task<byte[]> Encode(string format, string options)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] encoding = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] source = ["-v", "error", "-y", "-f", "lavfi", "-i", "sine=300:d=1.5"];
            using var process = Process.Start("ffmpeg", [.. source, .. encoding, "-f", format, file]);
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            return await System.IO.File.ReadAllBytesAsync(file);
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_ownsFolder) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Written as text, because .NET's type leaves out an empty file name.</summary>
    private static ByteArrayContent FilePart(byte[] file, string fileName)
    {
        var part = new ByteArrayContent(file);
        part.Headers.Add("Content-Disposition", $"form-data; name=\"audio_file\"; filename=\"{fileName}\"");
        part.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        return part;
    }
}

/// <summary>One prompt server for a class of tests that clear it before they begin.</summary>
public sealed class PromptFixture : IAsyncLifetime
{
    internal PromptServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PromptServer.Start();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
