using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Scripts;

public sealed class SdkTests : IDisposable
{
    private const string Find = ". $root/eng/sdk.sh; find_sdk; command -v dotnet";
    private readonly Script _script = new();

    public void Dispose() => _script.Dispose();

    [Theory]
    [InlineData("home/.dotnet")]
    [InlineData("elsewhere")]
    public async Task An_older_sdk_on_the_path_does_not_hide_another(string place)
    {
        Dotnet("bin", "8.0.100");
        Dotnet(place, "9.0.100", "10.0.100");
        (await _script.Run(Find, ("DOTNET_ROOT", _script.PathOf("elsewhere")))).ShouldBe((0, _script.PathOf($"{place}/dotnet") + "\n"));
    }

    [Fact]
    public async Task The_sdk_on_the_path_comes_first()
    {
        Dotnet("bin", "10.0.100");
        Dotnet("home/.dotnet", "10.0.200");
        (await _script.Run(Find)).ShouldBe((0, _script.PathOf("bin/dotnet") + "\n"));
    }

    [Fact]
    public async Task Without_a_fitting_sdk_the_message_names_those_that_were_found()
    {
        Dotnet("bin", "8.0.100");
        Dotnet("home/.dotnet", "9.0.100");
        var (status, output) = await _script.Run(Find);
        status.ShouldBe(1);
        output.ShouldContain("found 8.0.100 9.0.100");
    }

    [Theory]
    [InlineData("ORT_DISABLE_TELEMETRY", "1")]
    [InlineData("DOTNET_CLI_TELEMETRY_OPTOUT", "1")]
    [InlineData("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false")]
    public async Task Programs_that_are_started_then_send_no_usage_data(string variable, string value) =>
        (await _script.Run($". $root/eng/sdk.sh; silence_tools; bash -c 'echo ${variable}'")).ShouldBe((0, $"{value}\n"));

    [Theory]
    [InlineData("run.sh")]
    [InlineData("test.sh")]
    public void Scripts_switch_usage_data_off_first(string script)
    {
        var lines = File.ReadLines(Path.Combine(ModelFolder.Default(), "..", "..", script)).Select(line => line.Trim()).ToArray();
        Array.IndexOf(lines, "silence_tools").ShouldBeInRange(0, Array.IndexOf(lines, "find_sdk") - 1);
    }

    [Theory]
    [InlineData("\tlibicuuc.so.72 (libc6,x86-64) => /lib/libicuuc.so.72", "", "")]
    [InlineData("\tlibm.so.6 (libc6,x86-64) => /lib/libm.so.6", "", "1")]
    [InlineData("\tlibm.so.6 (libc6,x86-64) => /lib/libm.so.6", "0", "0")]
    public async Task The_sdk_runs_without_icu_if_it_is_missing(string libraries, string set, string expected)
    {
        Machine("x86_64");
        _script.Program("bin/ldconfig", $"echo '{libraries}'");
        const string Command =
            "compgen() { false; }; . $root/eng/sdk.sh; allow_missing_icu; bash -c 'echo value=$DOTNET_SYSTEM_GLOBALIZATION_INVARIANT'";
        var (status, output) = await _script.Run(Command, ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", set));
        status.ShouldBe(0);
        output.ShouldEndWith($"value={expected}\n");
        output.Contains("libicu is missing").ShouldBe(expected == "1");
    }

    [Fact]
    public async Task Icu_is_found_at_the_start_of_a_long_list_of_libraries()
    {
        Machine("x86_64");
        _script.Program("bin/ldconfig", "echo 'libicuuc.so.72 => /lib/libicuuc.so.72'; seq -f 'libother.so.%g => /lib' 100000 || exit 141");
        const string Command = "set -euo pipefail; compgen() { false; }; . $root/eng/sdk.sh; allow_missing_icu; echo found";
        (await _script.Run(Command)).ShouldBe((0, "found\n"));
    }

    [Theory]
    [InlineData("x86_64", "x64")]
    [InlineData("aarch64", "arm64")]
    public async Task Libraries_are_those_of_the_machine(string machine, string architecture)
    {
        Machine(machine);
        _script.Program("bin/ldd", "echo \"  libneeded.so.1 => not found\"");
        _script.Program($"out/runtimes/linux-{architecture}/native/libonnxruntime.so", "");
        var (status, output) = await _script.Run(". $root/eng/sdk.sh; check_libraries $root/out");
        status.ShouldBe(1);
        output.ShouldContain("missing: libneeded.so.1");
    }

    [Theory]
    [InlineData("x86_64", true, "cuda")]
    [InlineData("x86_64", false, "cpu")]
    [InlineData("aarch64", true, "cpu")]
    public async Task Cuda_is_chosen_on_linux_x64_with_an_nvidia_driver(string machine, bool driver, string expected)
    {
        Assert.SkipWhen(!driver && File.Exists("/proc/driver/nvidia/version"), "this machine has an NVIDIA driver");
        Machine(machine);
        if (driver) _script.Program("bin/nvidia-smi", "");
        (await _script.Run(". $root/eng/sdk.sh; accelerator")).ShouldBe((0, expected + "\n"));
    }

    [Fact]
    public async Task Another_accelerator_makes_every_build_stale()
    {
        _script.Program("bin/dotnet", "echo \"$*\" >>$root/calls");
        _script.Files("Directory.Build.props", "global.json", "server", "tests");
        string[] builds = ["server cpu", "server cpu", "tests cuda", "tests cuda", "server cpu", "tests cpu"];
        foreach (var build in builds.Select(build => build.Split(' ')))
        {
            var command = $". $root/eng/sdk.sh; build_once $root/{build[0]} {build[0]} full";
            var (status, output) = await _script.Run(command, ("DiaAccelerator", build[1]));
            status.ShouldBe(0, output);
        }

        File.ReadAllLines(_script.PathOf("calls")).ShouldBe(
            [.. Calls("server", "cpu"), .. Calls("tests", "cuda"), .. Calls("server", "cpu"), .. Calls("tests", "cpu")]);
    }

    [Fact]
    public async Task A_newer_input_builds_again()
    {
        const string Build = ". $root/eng/sdk.sh; build_once $root/server server full";
        _script.Program("bin/dotnet", "echo \"$*\" >>$root/calls");
        _script.Files("Directory.Build.props", "global.json");
        await _script.Run(Build, ("DiaAccelerator", "cpu"));
        await _script.Run(Build, ("DiaAccelerator", "cpu"));
        File.ReadAllLines(_script.PathOf("calls")).ShouldBe(Calls("server", "cpu"));
        ChangeInput();
        await _script.Run(Build, ("DiaAccelerator", "cpu"));
        File.ReadAllLines(_script.PathOf("calls")).ShouldBe([.. Calls("server", "cpu"), .. Calls("server", "cpu")]);
    }

    [Fact]
    public async Task A_quick_build_is_made_apart_in_a_folder_whose_path_has_spaces()
    {
        const string Build = "mkdir -p \"$root/a b\"; export root=\"$root/a b\"; . \"$root/../eng/sdk.sh\"; build_once server server quick";
        _script.Program("bin/dotnet", "for argument; do echo \"$argument\"; done >>\"$root/../calls\"");
        await _script.Run(Build, ("DiaAccelerator", "cpu"));
        var calls = await File.ReadAllLinesAsync(_script.PathOf("calls"));
        calls.Count(line => line == $"-p:ArtifactsPath={_script.PathOf("a b/artifacts/quick/")}").ShouldBe(2);
        calls.Count(line => line == "-p:RunAnalyzers=false").ShouldBe(2);
    }

    [Fact]
    public async Task A_build_says_each_step_and_how_long_it_took_last_time()
    {
        const string Build = ". $root/eng/sdk.sh; build_once $root/server server full";
        _script.Program("bin/dotnet", "");
        _script.Files("Directory.Build.props", "global.json", "server");
        var (_, first) = await _script.Run(Build, ("DiaAccelerator", "cpu"));
        first.ShouldContain("  1 of 2: packages ...\n  2 of 2: programs ...\n");
        _script.Files("artifacts/.took-server-build");
        ChangeInput();
        await File.WriteAllTextAsync(_script.PathOf("artifacts/.took-server-build"), "97");
        var (_, second) = await _script.Run(Build, ("DiaAccelerator", "cpu"));
        second.ShouldContain("  2 of 2: programs (97 s last time) ...\n");
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("build")]
    public async Task A_build_that_fails_shows_its_log_and_is_made_again(string failing)
    {
        const string Build = ". $root/eng/sdk.sh; build_once $root/server server full";
        _script.Program("bin/dotnet", $"echo \"log of $1\"; [[ $1 != {failing} ]]");
        _script.Files("Directory.Build.props", "global.json", "server");
        var (status, output) = await _script.Run(Build, ("DiaAccelerator", "cpu"));
        status.ShouldBe(1);
        output.ShouldContain($"log of {failing}\n");
        output.ShouldEndWith("the build failed; the whole log is in artifacts/build.log\n");
        (await _script.Run(Build, ("DiaAccelerator", "cpu"))).Status.ShouldBe(1);
    }

    /// <summary>Times of files have a granularity of milliseconds, in which a build that does nothing may have ended.</summary>
    private void ChangeInput()
    {
        _script.Files("Directory.Build.targets");
        File.SetLastWriteTimeUtc(_script.PathOf("Directory.Build.targets"), DateTime.UtcNow.AddSeconds(1));
    }

    private string[] Calls(string target, string accelerator) =>
    [
        $"restore {_script.PathOf(target)} -p:DiaAccelerator={accelerator} -v quiet",
        $"build {_script.PathOf(target)} --no-restore -c Release -p:DiaAccelerator={accelerator} -v quiet -nologo",
    ];

    private void Machine(string name) => _script.Program("bin/uname", $"[[ $1 == -m ]] && echo {name} || echo Linux");

    private void Dotnet(string folder, params string[] sdks) =>
        _script.Program($"{folder}/dotnet", string.Join('\n', sdks.Select(sdk => $"echo '{sdk} [/somewhere/sdk]'")));
}
