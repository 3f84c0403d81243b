using DiaOrleans.Grains.Configuration;
using DiaOrleans.Server.Commands;
using DiaOrleans.Server.Commands.Serve;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Commands;

public sealed class ServeCommandTests
{
    [Fact]
    public void Flags_of_the_original_are_taken()
    {
        string[] switches = ["--debug", "--save-outputs", "--show-prompts", "--reload"];
        var options = Read(["--host", "127.0.0.1", "--port", "7861", "--retention-hours", "-3", .. switches]);
        options.Get<HttpOptions>().ShouldBe(new HttpOptions { Host = "127.0.0.1", Port = 7861 });
        options.Get<OverrideOptions>()
            .ShouldBe(new OverrideOptions { Debug = true, SaveOutputs = true, ShowPrompts = true, RetentionHours = -3 });
    }

    [Fact]
    public void Without_flags_the_stored_configuration_is_not_overridden() => Read().Get<OverrideOptions>().ShouldBe(new OverrideOptions());

    [Theory]
    [InlineData("false")]
    [InlineData("off")]
    [InlineData("no")]
    [InlineData("0")]
    public void A_switch_can_be_switched_off(string value) => Read("--debug", value).Get<OverrideOptions>().Debug.ShouldBe(false);

    [Fact]
    public void A_wrong_value_is_named_with_the_command_line() =>
        Should.Throw<SettingsException>(() => Read("--slots", "many")).Message
            .ShouldBe("slots is 'many'; expected a whole number. It comes from the command line.");

    [Fact]
    public void Each_flag_sets_a_setting()
    {
        var names = Setting.FindAll(ServerSettings.Classes).Select(setting => setting.Name);
        SettingFlags.All.Select(flag => flag.Setting).Except(names).ShouldBeEmpty();
    }

    private static OptionsSet Read(params string[] arguments)
    {
        var parsed = ServeCommand.Create().Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        return new SettingsReader(ServerSettings.Classes, _ => null).Read(null, SettingFlags.Read(parsed)).Options;
    }
}
