using System.Diagnostics;
using DiaOrleans.Server.Tests.Models;

namespace DiaOrleans.Server.Tests.Commands.Model;

/// <summary>The command as a process of its own, which is killed.</summary>
public sealed class ModelPullProcessTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 10;
    private const string Model = "nari-labs/Dia-1.6B";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pull_that_is_killed_at_any_moment_continues_and_ends_with_the_published_files()
    {
        await using var hub = await HubServer.Start();
        hub.AddNano();
        var random = new Random();
        hub.Fault = _ => new HubFault { Pace = TimeSpan.FromMilliseconds(15), CutAfter = random.Next(5) == 0 ? 2_000_000 : null };
        for (var kill = 0; kill < Kills; kill++)
        {
            using var pull = Start(hub, "pull", Model);
            await Task.Delay(random.Next(400, 1500));
            pull.Kill();
            await pull.WaitForExitAsync();
            output.WriteLine($"killed; {hub.Requests.Count} requests so far");
            (await Finish(Start(hub, "verify"))).Code.ShouldBe(0, "no half of a model is in place");
        }

        hub.Fault = _ => null;
        var (code, text, _) = await Finish(Start(hub, "pull", Model));
        code.ShouldBe(0);
        output.WriteLine(text);
        (await Finish(Start(hub, "verify"))).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(["descript/dac_44khz: 3 files are as published", $"{Model}: 3 files are as published"]);
    }

    [Fact]
    public async Task Exit_codes_say_what_happened()
    {
        await using var hub = await HubServer.Start();
        hub.AddNano();
        (await Finish(Start(hub, "pull", "nobody/nothing"))).ShouldBe(
            (3, "", "nobody/nothing was not downloaded: its source answers 404. Check its name and --revision.\n"));
        (await Finish(Start(hub, "pull", "nothing"))).Code.ShouldBe(2);
        (await Finish(Start(hub, "pull"))).Code.ShouldBe(2);
        (await Finish(Start(hub, "verify"))).ShouldBe((0, "No model was pulled: there is nothing to verify.\n", ""));
        (await Finish(Start(hub, "verify", Model))).Code.ShouldBe(3);
        (await Finish(Start(hub, "remove", "whisper-base"))).ShouldBe(
            (3, "", $"whisper-base is not in {_folder.File("data/whisper_models")}.\n"));
        (await Finish(Start(hub, "pull", "whisper-huge"))).Code.ShouldBe(3);
        (await Finish(Start(hub, "remove", Model))).Code.ShouldBe(3);
        hub.Token = "other";
        var (code, _, problem) = await Finish(Start(hub, "pull", Model));
        code.ShouldBe(4);
        problem.ShouldContain("HF_TOKEN");
        hub.Token = null;
        var pulled = await Finish(Start(hub, "pull", Model));
        pulled.Code.ShouldBe(0);
        pulled.Text.Split('\n')[0].ShouldBe($"{Model}: pulled, 25.6 MB, {_folder.File("models")}/{Model}");
        (await Finish(Start(hub, "pull", Model))).Text.ShouldStartWith($"{Model}: was here");
        (await Finish(Start(hub, "list", "--json"))).Text.ShouldContain($"\"name\": \"{Model}\"");
        (await Finish(Start(hub, "inspect", Model))).Code.ShouldBe(0);
        (await Finish(Start(hub, "remove", Model))).Code.ShouldBe(0);
        (await Finish(Start(hub, "inspect", Model))).ShouldBe(
            (3, "", $"The model {Model} is not on this disk. Get it with: ./run.sh model pull {Model}\n"));
    }

    private Process Start(HubServer hub, string command, params string[] arguments)
    {
        var start = ServerProcess.Command(_folder.File("data"));
        start.ArgumentList.Clear();
        foreach (var argument in (string[])[ServerProcess.Program, "model", command, .. arguments, "--models", _folder.File("models")])
            start.ArgumentList.Add(argument);
        start.Environment["DIA_HUB"] = hub.Address.ToString();
        start.Environment["DIA_DATA"] = _folder.File("data");
        start.Environment["HF_TOKEN"] = "mine";
        start.Environment["HF_HOME"] = _folder.File("home");
        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Text, string Error)> Finish(Process process)
    {
        using (process)
        {
            var text = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            return (process.ExitCode, await text, await error);
        }
    }
}
