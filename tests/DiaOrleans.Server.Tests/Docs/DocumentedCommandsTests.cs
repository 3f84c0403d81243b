using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Docs;

/// <summary>
/// The commands of README.md, CONTRIBUTING.md and docs/, as they stand there. Commands of run.sh are run one after another in a new folder,
/// with a run.sh that starts this build; a folder with dia-nano under Dia's name stands for the hub. What is not run is in a list below,
/// with the reason; of these, commands of run.sh are parsed. <c>-showLiveOutput</c> prints each command and what became of it.
/// </summary>
public sealed partial class DocumentedCommandsTests(ITestOutputHelper output)
{
    private const string NeedsPostgres = "DiaOrleans.Cluster.Tests runs it on a PostgreSQL of its own";

    /// <summary>The start of a command, and why it is not run here.</summary>
    private static readonly (string Start, string Reason)[] NotRun =
    [
        ("docker ", "needs Docker's daemon and the published bases; docker/check.sh builds and starts the images"),
        ("DIA_MODEL=nari-labs/Dia-1.6B-0626 docker ", "the same"),
        ("for silo ", "a loop of commands of docker"),
        ("done", "its end"),
        ("docker/secrets.sh", "makes the secrets of the compose file, which need Docker"),
        ("kubectl ", "needs a cluster of Kubernetes"),
        ("export DIA_DATABASE_FILE", NeedsPostgres),
        ("./run.sh db ", NeedsPostgres),
        ("DIA_BLOBS=database ./run.sh db import", NeedsPostgres),
        ("./run.sh cluster ", NeedsPostgres),
        ("DIA_ROLE=", NeedsPostgres),
        ("./run.sh prompts ", NeedsPostgres),
        ("./run.sh bench ", "takes minutes; the tests of the commands run them with smaller numbers"),
        ("./run.sh model pull whisper-", "downloads; WhisperModelsTests do it from a hub on loopback"),
        ("./run.ps1", "PowerShellTests run it"),
        ("./test.sh", "runs this test"),
        ("dotnet run --project tests", "the same"),
    ];

    private static readonly string[] SettingVariables =
        [.. Setting.FindAll(ServerSettings.Classes).Select(setting => setting.Variable)];

    /// <summary>Values for what the documents name in capitals.</summary>
    private static readonly Dictionary<string, string> Placeholders = new()
    {
        ["N"] = "2",
        ["D"] = "cpu",
        ["P"] = "fp32",
        ["DIR"] = ModelFolder.Default(),
        ["URL"] = "http://127.0.0.1:7860",
        ["NAME"] = "nari-labs/Dia-1.6B-0626",
    };

    /// <summary>Commands in sentences and tables that were run.</summary>
    private static readonly HashSet<string> Sentences = [];

    public static TheoryData<string> DocumentsWithCommands =>
        [.. Documents.All.Where(document => Documents.Commands(document).Any() || Documents.Inline(document).Any())];

    [Theory]
    [MemberData(nameof(DocumentsWithCommands))]
    public async Task The_commands_of_a_document_work(string document)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are for bash.");
        using var folder = new CommandFolder();
        foreach (var command in Documents.Commands(document)) await Check(document, command, folder);
        // In sentences the same command stands again and again, and a start of the server is the program rather than a command.
        foreach (var command in Documents.Inline(document))
            await Check(document, command, CommandFolder.Serves(command) || !Sentences.Add(command) ? null : folder);
    }

    [Fact]
    public void Each_reason_is_that_of_a_command()
    {
        var commands = Documents.All.SelectMany(document => Documents.Commands(document).Concat(Documents.Inline(document))).ToList();
        commands.Count.ShouldBeGreaterThan(20);
        NotRun.Where(rule => !commands.Exists(command => command.StartsWith(rule.Start, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    /// <summary>Parses a command of run.sh, and runs it if there is a folder and no reason against it.</summary>
    private async Task Check(string document, string command, CommandFolder? folder)
    {
        if (command.Contains("./run.sh", StringComparison.Ordinal)) Parse(command);
        var reason = NotRun.FirstOrDefault(rule => command.StartsWith(rule.Start, StringComparison.Ordinal)).Reason
            ?? (folder is null ? "parsed" : null);
        if (reason is null) await folder!.Run(string.Join(' ', Optional().Replace(command, "").Split(' ').Select(Fill)));
        output.WriteLine($"{document}: {command}  [{reason ?? "run"}]");
    }

    /// <summary>Its variables are settings, and the program knows its arguments. What stands in brackets may be left out.</summary>
    private static void Parse(string command)
    {
        var words = command.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split(' ');
        var variables = words.TakeWhile(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=')[0]).ToArray();
        variables.ShouldBeSubsetOf(SettingVariables, command);
        string[] arguments =
        [
            .. words[(variables.Length + 1)..].Where(word => word != "--no-install").Select(Fill),
        ];
        ServerCommands.Create().Parse(arguments).Errors.Select(error => error.Message).ShouldBeEmpty(command);
    }

    private static string Fill(string word) => Placeholders.GetValueOrDefault(word, word);

    [GeneratedRegex(@" \[[^\]]*\]")]
    private static partial Regex Optional();
}
