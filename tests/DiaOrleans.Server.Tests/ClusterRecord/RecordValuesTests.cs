using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Server.ClusterRecord;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.ClusterRecord;

public sealed class RecordValuesTests
{
    [Fact]
    public void Settings_AreThoseThatDecideTheBytes() => RecordValues.Settings.Select(setting => setting.Name).ShouldBe(
        ["Temperature", "CfgScale", "TopP", "MaxSegmentBytes", "NormalizeText", "MaxPromptSeconds", "DefaultPool"],
        ignoreOrder: true);

    [Fact]
    public void Of_OnlyGivenSettings_AreTaken()
    {
        var values = Of(("Temperature", "1.10"), ("NormalizeText", "true"), ("Port", "1"));
        values.ToState().ShouldBe(
            new Dictionary<string, string> { ["Temperature"] = "1.1", ["NormalizeText"] = "on" },
            ignoreOrder: true);
        Of().ShouldBe(RecordValues.Defaults);
    }

    [Fact]
    public void Create_MakesTheOptionsWithTheValuesAndTheDefaults()
    {
        var values = RecordValues.Defaults.With("temperature", "0.9").With("MaxPromptSeconds", "10").With("NormalizeText", "no");
        values.Create<RenderingOptions>().ShouldBe(new RenderingOptions { Temperature = 0.9 });
        values.Create<PromptOptions>().ShouldBe(new PromptOptions { MaxPromptSeconds = 10 });
        values.Create<ScriptOptions>().ShouldBe(new ScriptOptions { NormalizeText = false });
        RecordValues.Defaults.Create<PromptOptions>().ShouldBe(new PromptOptions());
    }

    [Fact]
    public void With_NoValue_TakesTheDefault() =>
        RecordValues.Defaults.With("Temperature", "0.9").With("Temperature", "").ShouldBe(RecordValues.Defaults);

    [Theory]
    [InlineData("Temprature", "1", "'Temprature' is no setting of the cluster. There are: Temperature, CfgScale, TopP, MaxSegmentBytes, ")]
    [InlineData("Port", "1", "'Port' is no setting of the cluster.")]
    [InlineData("Temperature", "hot", "temperature is 'hot'; expected a number.")]
    [InlineData("Temperature", "3", "temperature is 3; expected 0.1 to 2.")]
    [InlineData("DefaultPool", "nano", "default pool is 'nano'; expected MODEL/PRECISION/KIND, such as dia-nano/fp32/cpu.")]
    [InlineData("MaxSegmentBytes", "10", "max segment bytes is 10; expected 20 to 4096.")]
    public void With_WrongNameOrValue_IsRefusedWithWhatIsExpected(string name, string value, string message) =>
        Should.Throw<SettingsException>(() => RecordValues.Defaults.With(name, value)).Message.ShouldStartWith(message);

    [Fact]
    public void FindConflict_NothingGivenOrTheSameValue_None()
    {
        var record = RecordValues.Defaults.With("Temperature", "0.9");
        record.FindConflict(Of()).ShouldBeNull();
        record.FindConflict(Of(("Temperature", "0.90"))).ShouldBeNull();
    }

    [Fact]
    public void FindConflict_AnotherValue_NamesTheSettingBothValuesAndTheCommand()
    {
        var record = RecordValues.Defaults.With("Temperature", "0.9");
        record.FindConflict(Of(("Temperature", "1.1"))).ShouldBe(
            "Temperature is 1.1 in the settings of this silo and 0.9 in its cluster, whose silos all use the same value. "
            + "Remove the setting from this silo, or change the cluster: ./run.sh cluster set Temperature=1.1");
        record.FindConflict(Of(("TopP", "0.5")))!.ShouldStartWith(
            "TopP is 0.5 in the settings of this silo and not set (default: the model's) in its cluster");
        record.FindConflict(Of(("MaxPromptSeconds", "10")))!.ShouldContain("not set (default: 15)");
        record.Show("DefaultPool").ShouldBe("not set (default: the first by name)");
    }

    private static RecordValues Of(params (string Name, string Value)[] given) => RecordValues.Of(
        new SettingsReader(ServerSettings.Classes, _ => null).Read(null, given.ToDictionary(g => g.Name, g => (string?)g.Value)).Options);
}
