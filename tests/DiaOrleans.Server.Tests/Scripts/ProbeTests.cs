namespace DiaOrleans.Server.Tests.Scripts;

/// <summary>eng/probe.sh with a dotnet that answers as NuGet does to ranges that no version lies in.</summary>
public sealed class ProbeTests : IDisposable
{
    private const string Missing = "error NU1102: Unable to find package {0} with version (> 1.0.0 && < 1.0.0.1-0)";
    private const string Nearest = "error NU1102:   - Found 2 version(s) in feed [ Nearest version: {0} ]";
    private const string Unknown = "error NU1101: Unable to find package {0}. No packages exist with this id in source(s): feed";

    private readonly Script _script = new();

    public ProbeTests()
    {
        File.WriteAllText(_script.PathOf("eng/optional-packages.txt"), "# Comment.\nOne 1.0.0 HasOne the first\nOne.Two 1.0.0 HasTwo the second\n");
        Feed(string.Format(Missing, "One"), string.Format(Nearest, "1.0.0"), string.Format(Missing, "One.Two"), string.Format(Nearest, "1.0.0-beta"));
    }

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task A_package_is_there_in_exactly_its_version()
    {
        (await Probe()).ShouldContain("One.Two 1.0.0 is NOT on the configured feeds: built without the second");
        Answer().ShouldContain("<HasOne>true</HasOne>");
        Answer().ShouldContain("<HasTwo>false</HasTwo>");
        Feed(string.Format(Unknown, "One"), string.Format(Unknown, "One.Two"));
        File.Delete(_script.PathOf("eng/packages.local.props"));
        await Probe();
        Answer().ShouldContain("<HasOne>false</HasOne>");
    }

    [Fact]
    public async Task The_feeds_are_asked_again_when_they_or_the_pins_change_and_not_before()
    {
        await Probe();
        (await Probe()).ShouldBeEmpty();
        (await _script.Run($"cd {_script.PathOf("home")}; mkdir -p .nuget/NuGet; echo '<configuration/>' > .nuget/NuGet/NuGet.Config; $root/eng/probe.sh")).Output.ShouldContain("One 1.0.0 found");
        (await Probe()).ShouldBeEmpty();
        File.AppendAllText(_script.PathOf("eng/optional-packages.txt"), "# Another.\n");
        (await Probe()).ShouldContain("One 1.0.0 found");
        (await Probe()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_answer_is_no_newer_than_before()
    {
        await Probe();
        var answer = _script.PathOf("eng/packages.local.props");
        File.SetLastWriteTimeUtc(answer, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.AppendAllText(_script.PathOf("eng/optional-packages.txt"), "# Another.\n");
        await Probe();
        File.GetLastWriteTimeUtc(answer).Year.ShouldBe(2020);
        Feed(string.Format(Unknown, "One"), string.Format(Unknown, "One.Two"));
        File.AppendAllText(_script.PathOf("eng/optional-packages.txt"), "# And another.\n");
        await Probe();
        File.GetLastWriteTimeUtc(answer).Year.ShouldNotBe(2020);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Feeds_that_give_no_answer_are_asked_again_next_time(int answered)
    {
        string[] answers = [string.Format(Missing, "One"), string.Format(Nearest, "1.0.0")];
        Feed([.. answers[..answered], "error NU1301: Unable to load the service index for source feed."]);
        (await Probe()).ShouldContain("gave no answer");
        Answer().ShouldContain("<HasOne>false</HasOne>");
        (await Probe()).ShouldContain("gave no answer");
    }

    private async Task<string> Probe()
    {
        Directory.CreateDirectory(_script.PathOf("home"));
        var (status, output) = await _script.Run("$root/eng/probe.sh");
        status.ShouldBe(0, output);
        return output;
    }

    private string Answer() => File.ReadAllText(_script.PathOf("eng/packages.local.props"));

    private void Feed(params string[] lines) => _script.Program("bin/dotnet", string.Join('\n', [.. lines.Select(line => $"echo '/tmp/probe.csproj : {line}'"), "exit 1"]));
}
