using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerKeyTests
{
    [Theory]
    [InlineData("local/0", "local", 0)]
    [InlineData("rack/7/node/12", "rack/7/node", 12)]
    public void Reads_what_it_writes(string text, string silo, int device)
    {
        WorkerKey.TryParse(text, out var key).ShouldBeTrue();
        key.ShouldBe(new WorkerKey(silo, device));
        key.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("local")]
    [InlineData("/0")]
    [InlineData("local/")]
    [InlineData("local/-1")]
    [InlineData("local/gpu")]
    public void Refuses_what_names_no_device_of_a_silo(string? text) => WorkerKey.TryParse(text, out _).ShouldBeFalse();
}
