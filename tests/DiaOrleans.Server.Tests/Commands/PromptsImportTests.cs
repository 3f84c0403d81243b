using System.Diagnostics;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Commands;

public sealed class PromptsImportTests
{
    [Fact]
    public async Task A_folder_of_recordings_is_loaded_into_the_store_and_its_files_are_listed()
    {
        using var folder = new TemporaryFolder();
        var recordings = Directory.CreateDirectory(folder.File("mine")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(recordings, "anna.wav"), PromptServer.Tone(1));
        await File.WriteAllTextAsync(Path.Combine(recordings, "anna.txt"), "Words.");
        var (code, output) = await Import(folder.File("data"), recordings);
        code.ShouldBe(0, output);
        output.ShouldBe(
            "stored anna.txt\nstored anna.wav\n"
            + "2 stored, 0 unchanged, 0 skipped. A server registers them at its start, or at POST /audio_prompts/discover.\n");
        (await File.ReadAllTextAsync(folder.File("data/audio_prompts/anna.txt"))).ShouldBe("Words.");
        await File.WriteAllTextAsync(Path.Combine(recordings, "notes.md"), "x");
        (code, output) = await Import(folder.File("data"), recordings);
        code.ShouldBe(1);
        output.ShouldContain("unchanged anna.wav\nskipped notes.md: it is no recording and no transcript\n");
        (code, output) = await Import(folder.File("data"), folder.File("none"));
        code.ShouldBe(2);
        output.ShouldStartWith("There is no folder ");
    }

    private static async Task<(int Code, string Output)> Import(string data, string recordings)
    {
        var dotnet = ServerProcess.Command(data).FileName;
        string[] arguments = [ServerProcess.Program, "prompts", "import", recordings, "--data", data];
        using var process = Process.Start(new ProcessStartInfo(dotnet, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }
}
