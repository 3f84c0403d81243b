using DiaOrleans.Server.Api.Bodies;

namespace DiaOrleans.Server.Tests.Api.Bodies;

public sealed class BodyFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Use_ManyFiles_TwoAreInMemoryAtATime()
    {
        var files = new BodyFiles(_folder.File("incoming"));
        var mayGo = new TaskCompletionSource();
        var inside = 0;
        await using var file = files.Create();
        var uses = Enumerable.Range(0, 5).Select(_ => files.Use(file, async _ =>
        {
            Interlocked.Increment(ref inside);
            await mayGo.Task;
            return 1;
        }, CancellationToken.None)).ToArray();
        await Task.Delay(100);
        inside.ShouldBe(2);
        mayGo.SetResult();
        (await Task.WhenAll(uses)).Sum().ShouldBe(5);
    }
}
