using DiaOrleans.Server.Commands.Serve;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Commands;

public sealed class ServeCommandTests
{
    [Fact]
    public void Flags_of_the_original_are_taken()
    {
        var options = Options("--host", "127.0.0.1", "--port", "7861", "--debug", "--save-outputs", "--show-prompts", "--retention-hours", "-3", "--reload");
        (options.Host, options.Port, options.Debug, options.SaveOutputs, options.ShowPrompts, options.RetentionHours).ShouldBe(("127.0.0.1", 7861, true, true, true, -3));
    }

    [Fact]
    public void Without_flags_the_stored_configuration_is_left_alone()
    {
        var options = Options();
        (options.Debug, options.SaveOutputs, options.ShowPrompts, options.RetentionHours).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void A_flag_can_be_switched_off() => Options("--debug", "false").Debug.ShouldBe(false);

    private static ServerOptions Options(params string[] arguments)
    {
        var parsed = ServeCommand.Create().Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        return SettingsReader.Read(null, ServeCommand.Given(parsed)).Options;
    }
}
