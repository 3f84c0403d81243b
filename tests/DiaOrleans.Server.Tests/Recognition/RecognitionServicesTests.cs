using System.Diagnostics;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Recognition;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Recognition;

public sealed class RecognitionServicesTests
{
    [Fact]
    public async Task A_server_uses_the_model_in_its_data_folder_and_ends_the_process_when_it_stops()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("whisper_models"));
        ScriptedModel.Write(folder.File("whisper_models/ggml-tiny.bin"));
        Process process;
        await using (var server = await RunningServer.Start(new ServerOptions { WhisperDownloads = false }, folder.Path))
        {
            var recognizer = server.App.Services.GetRequiredService<ISpeechRecognizer>();
            (await recognizer.GetStatus("base")).Available.ShouldBeFalse();
            await recognizer.Load("tiny", CancellationToken.None);
            var expected = new RecognizerStatus(true, true, OnDisk: true, ModelLoaded: true, "The Whisper model tiny is loaded.");
            (await recognizer.GetStatus("tiny")).ShouldBe(expected);
            var own = server.App.Services.GetRequiredService<ISiloRecognizer>();
            process = Process.GetProcessById(own.ShouldBeOfType<ChildRecognizer>().ProcessId!.Value);
        }

        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }
}
