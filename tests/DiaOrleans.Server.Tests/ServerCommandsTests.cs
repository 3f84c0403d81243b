namespace DiaOrleans.Server.Tests;

public sealed class ServerCommandsTests
{
    [Theory]
    [InlineData("--bogus")]
    [InlineData("nothing")]
    [InlineData("db migrate --bogus")]
    [InlineData("cluster set")]
    [InlineData("bench decode --model . --streams 0")]
    public async Task Arguments_that_no_command_takes_end_with_2(string arguments) =>
        (await ServerCommands.Run(arguments.Split(' '))).ShouldBe(2);

    [Theory]
    [InlineData("--help")]
    [InlineData("model pull --help")]
    [InlineData("--version")]
    public async Task Help_ends_with_0(string arguments) => (await ServerCommands.Run(arguments.Split(' '))).ShouldBe(0);
}
