using DiaOrleans.Server.Tests.Docs;

namespace DiaOrleans.Server.Tests.Scripts;

/// <summary>
/// run.ps1 and test.ps1 in PowerShell, with a script in place of dotnet. Their use on Windows itself, and in Windows PowerShell 5.1, is not
/// tested.
/// </summary>
public sealed class PowerShellTests : IDisposable
{
    private const string Sdk = "[[ $1 == --list-sdks ]] && { echo '10.0.100 [/sdk]'; exit; }; echo \"$*\" >>$root/calls; ";

    private static readonly string[] Scripts = ["run.ps1", "test.ps1", "eng/sdk.ps1"];

    private readonly Script _script = new();

    public PowerShellTests()
    {
        Assert.SkipWhen(
            Program is null,
            "There is no PowerShell: dotnet tool install PowerShell --version 7.6.9 --tool-path artifacts/tools");
        foreach (var script in Scripts) File.Copy(Path.Combine(Documents.Root, script), _script.PathOf(script));
        foreach (var folder in (string[])["src", "tests", "silo-config"]) Directory.CreateDirectory(_script.PathOf(folder));
        _script.Files("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "DiaOrleans.sln");
    }

    private static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append(Path.Combine(Documents.Root, "artifacts", "tools"))
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh"))
        .FirstOrDefault(File.Exists);

    public void Dispose() => _script.Dispose();

    [Theory]
    [InlineData("run.ps1")]
    [InlineData("test.ps1")]
    [InlineData("eng/sdk.ps1")]
    public async Task A_script_has_no_error_of_syntax(string script)
    {
        const string Parser = "[Management.Automation.Language.Parser]::ParseFile";
        (await Run($"$e = $null; [void]{Parser}(\"{_script.PathOf(script)}\", [ref]$null, [ref]$e); $e; exit 0")).ShouldBe((0, ""));
    }

    [Fact]
    public async Task The_server_is_built_once_and_gets_all_arguments()
    {
        _script.Program("bin/dotnet", Sdk + "exit 0");
        var (status, output) = await Run("& $env:root/run.ps1 --model \"a b\" --no-install");
        status.ShouldBe(0, output);
        output.ShouldContain("  1 of 2: packages ...\n  2 of 2: programs ...\n");
        (await Run("& $env:root/run.ps1 doctor")).ShouldBe((0, ""));
        var project = _script.PathOf("src/DiaOrleans.Server/DiaOrleans.Server.csproj");
        var quick = $"-p:ArtifactsPath={_script.PathOf("artifacts/quick/")} -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false "
            + "-p:GenerateDocumentationFile=false";
        var program = _script.PathOf("artifacts/quick/bin/DiaOrleans.Server/release/DiaOrleans.Server.dll");
        File.ReadAllLines(_script.PathOf("calls")).ShouldBe(
        [
            $"restore {project} -p:DiaAccelerator=cpu {quick} -v quiet",
            $"build {project} --no-restore -c Release -p:DiaAccelerator=cpu {quick} -v quiet -nologo",
            $"{program} --model a b",
            $"{program} doctor",
        ]);
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_log_and_starts_nothing()
    {
        _script.Program("bin/dotnet", Sdk + "[[ $1 == restore ]] && exit 0; echo 'error CS1002'; exit 1");
        var (status, output) = await Run("& $env:root/run.ps1");
        status.ShouldBe(1);
        output.ShouldContain("error CS1002\nthe build failed; the whole log is in artifacts/build.log\n");
        File.ReadAllLines(_script.PathOf("calls")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_fitting_sdk_the_message_names_those_that_were_found()
    {
        _script.Program("bin/dotnet", "echo '8.0.100 [/sdk]'");
        var (status, output) = await Run("& $env:root/run.ps1");
        status.ShouldBe(1);
        output.ShouldContain("DiaOrleans needs the .NET 10 SDK, and found 8.0.100.");
    }

    [Theory]
    [InlineData("Total: 5, Errors: 0, Failed: 0, Skipped: 2", 0, 0, "3 passed, 0 failed, 2 skipped")]
    [InlineData("Total: 5, Errors: 1, Failed: 1, Skipped: 0", 1, 1, "4 passed, 2 failed, 0 skipped")]
    [InlineData("crash", 134, 1, "0 passed, 1 failed, 0 skipped")]
    public async Task One_project_is_tested_with_the_options_of_the_runner(string line, int code, int expected, string summary)
    {
        _script.Program("bin/dotnet", Sdk + $"[[ $1 == restore || $1 == build ]] || {{ echo '{line}'; exit {code}; }}");
        var (status, output) = await Run("& $env:root/test.ps1 --project Grains -class A.B");
        status.ShouldBe(expected, output);
        output.TrimEnd().ShouldEndWith(summary);
        var calls = File.ReadAllLines(_script.PathOf("calls"));
        calls[1].ShouldContain($"{_script.PathOf("tests/DiaOrleans.Grains.Tests")} --no-restore");
        calls[2].ShouldEndWith("quick/bin/DiaOrleans.Grains.Tests/release/DiaOrleans.Grains.Tests.dll -noColor -noLogo -class A.B");
    }

    /// <summary>
    /// Runs a command in PowerShell, which dotnet itself starts: the script in its place is put on the path by the command.
    /// </summary>
    private Task<(int Status, string Output)> Run(string command)
    {
        var dotnet = Path.GetDirectoryName(Environment.ProcessPath)!;
        var path = $"$env:PATH = \"{_script.PathOf("bin")}:/usr/bin:/bin\"";
        return _script.Run(
            $"PATH={dotnet}:/usr/bin:/bin {Program} -NoProfile -Command '{path}; {command}; exit $LASTEXITCODE'",
            ("DOTNET_ROOT", dotnet),
            ("DiaAccelerator", "cpu"));
    }
}
