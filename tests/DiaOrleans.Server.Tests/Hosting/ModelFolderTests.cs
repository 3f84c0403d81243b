using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shipped_model_is_beside_the_program_or_above_it_or_nowhere()
    {
        var program = _folder.File("bin/release");
        ModelFolder.FindShipped(program).ShouldBeNull();
        var model = Directory.CreateDirectory(_folder.File("models/dia-nano")).FullName;
        ModelFolder.FindShipped(program).ShouldBeNull();
        File.WriteAllText(Path.Combine(model, "config.json"), "{}");
        ModelFolder.FindShipped(program).ShouldBe(model);
    }
}
