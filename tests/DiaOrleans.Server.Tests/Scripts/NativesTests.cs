namespace DiaOrleans.Server.Tests.Scripts;

/// <summary>nginx for tests of proxies, on a machine that has none.</summary>
public sealed class NativesTests : IDisposable
{
    private const string WithoutNginx = "command() { [[ $2 != nginx ]] && builtin command \"$@\"; }; . $root/eng/natives.sh; ";
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
    public async Task It_is_unpacked_once_and_never_installed(string package)
    {
        File.WriteAllText(_script.PathOf("has"), package);
        var (status, output) = await _script.Run(WithoutNginx + "find_nginx yes; nginx; find_nginx yes; nginx");
        status.ShouldBe(0);
        output.ShouldEndWith("unpacked\nunpacked\n");
        File.ReadAllLines(_script.PathOf("calls")).ShouldBe(["-q download nginx", "-q download nginx-core"]);
    }

    [Fact]
    public async Task Nothing_is_fetched_if_that_is_forbidden()
    {
        (await _script.Run(WithoutNginx + "find_nginx no")).ShouldBe((0, Missing));
        File.Exists(_script.PathOf("calls")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_machine_that_cannot_fetch_it_runs_the_tests_without_it()
    {
        File.WriteAllText(_script.PathOf("has"), "nothing");
        var (status, output) = await _script.Run(WithoutNginx + "set -e; find_nginx yes; echo goes on");
        status.ShouldBe(0);
        output.ShouldEndWith(Missing + "goes on\n");
        File.ReadAllLines(_script.PathOf("calls")).ShouldContain("-q update");
    }
}
