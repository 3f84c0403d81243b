using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Tests.Models.Downloading;

public sealed class DownloadLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_holds_it_and_the_next_waits()
    {
        var waited = 0;
        var first = await DownloadLock.Take(_folder.Path, "a", () => waited++, CancellationToken.None);
        var second = DownloadLock.Take(_folder.Path, "a", () => waited++, CancellationToken.None);
        (await DownloadLock.Take(_folder.Path, "b", () => waited++, CancellationToken.None)).Dispose();
        DownloadLock.TryTake(_folder.Path, "a").ShouldBeNull();
        await Task.Delay(300);
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();
        (await second).Dispose();
        waited.ShouldBe(1);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using var first = await DownloadLock.Take(_folder.Path, "a", () => { }, CancellationToken.None);
        using var stop = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(DownloadLock.Take(_folder.Path, "a", () => { }, stop.Token));
    }
}
