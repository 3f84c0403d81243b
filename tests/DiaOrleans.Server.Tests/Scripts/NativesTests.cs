namespace DiaOrleans.Server.Tests.Scripts;

/// <summary>Programs that tests use, on a machine that lacks them.</summary>
public sealed class NativesTests : IDisposable
{
    private const string WithoutNginx = "command() { [[ $2 != nginx ]] && builtin command \"$@\"; }; . $root/eng/natives.sh; ";
    private const string WithoutChromium =
        "command() { [[ $2 != *chrom* ]] && builtin command \"$@\"; }; . $root/eng/natives.sh; "
        + "find_nginx() { :; }; find_powershell() { :; }; ";
    private const string Missing = "nginx is missing, so tests of proxies use one of their own\n";

    private readonly Script _script = new();

    public NativesTests()
    {
        _script.Program("bin/id", "echo 0");
        _script.Program("bin/apt-get", "echo \"$*\" >>$root/calls; [[ $2 == download && $3 == \"$(cat $root/has)\" ]] && touch $3_1.deb");
        _script.Program(
            "bin/dpkg-deb",
            "mkdir -p usr/sbin; printf '#!/bin/bash\\necho unpacked' >usr/sbin/nginx; chmod +x usr/sbin/nginx");
    }

    public void Dispose() => _script.Dispose();

    [Theory]
    [InlineData("nginx")]
    [InlineData("nginx-core")]
    public async Task Nginx_is_unpacked_once_and_never_installed(string package)
    {
        File.WriteAllText(_script.PathOf("has"), package);
        var (status, output) = await _script.Run(WithoutNginx + "find_nginx yes; nginx; find_nginx yes; nginx");
        status.ShouldBe(0);
        output.ShouldEndWith("unpacked\nunpacked\n");
        File.ReadAllLines(_script.PathOf("calls")).ShouldBe(["-q download nginx", "-q download nginx-core"]);
    }

    [Fact]
    public async Task Nginx_is_not_fetched_if_that_is_forbidden()
    {
        (await _script.Run(WithoutNginx + "find_nginx no")).ShouldBe((0, Missing));
        File.Exists(_script.PathOf("calls")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_machine_that_cannot_fetch_nginx_runs_the_tests_without_it()
    {
        File.WriteAllText(_script.PathOf("has"), "nothing");
        var (status, output) = await _script.Run(WithoutNginx + "set -e; find_nginx yes; echo goes on");
        status.ShouldBe(0);
        output.ShouldEndWith(Missing + "goes on\n");
        File.ReadAllLines(_script.PathOf("calls")).ShouldContain("-q update");
    }

    [Fact]
    public async Task Root_gets_a_browser_by_the_name_that_apt_has()
    {
        _script.Program("bin/apt-cache", "printf 'chromium:\\n  Candidate: (none)\\nchromium-browser:\\n  Candidate: 1\\n'");
        var (status, output) = await _script.Run(WithoutChromium + "set -e; find_test_programs yes; echo goes on");
        status.ShouldBe(0);
        output.ShouldEndWith("goes on\n");
        File.ReadAllLines(_script.PathOf("calls"))
            .ShouldContain(call => call.Contains(" install --no-install-recommends ") && call.Contains("chromium-browser"));
    }

    [Theory]
    [InlineData("1000", "yes", "  sudo apt-get install ")]
    [InlineData("0", "no", "  apt-get install ")]
    public async Task Others_get_the_one_command(string user, string install, string command)
    {
        _script.Program("bin/id", $"echo {user}");
        _script.Program("bin/apt-cache", "");
        var (status, output) = await _script.Run(WithoutChromium + $"find_test_programs {install}");
        status.ShouldBe(0);
        output.Split('\n').ShouldContain(line => line.StartsWith(command) && line.Contains("chromium"));
        File.Exists(_script.PathOf("calls")).ShouldBeFalse();
    }
}
