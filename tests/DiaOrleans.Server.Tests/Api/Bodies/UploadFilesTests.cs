using DiaOrleans.Server.Api.Bodies;

namespace DiaOrleans.Server.Tests.Api.Bodies;

public sealed class UploadFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Uploads => _folder.File("uploads");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Create_File_PrivateAndGoneWhenDisposed()
    {
        var file = new UploadFiles(Uploads).Create();
        await file.Append(new byte[] { 1, 2, 3 }, CancellationToken.None);
        var path = Directory.GetFiles(Uploads).ShouldHaveSingleItem();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Uploads).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        file.Length.ShouldBe(3);
        (await file.ReadAll(CancellationToken.None)).ShouldBe([1, 2, 3]);
        await file.DisposeAsync();
        Directory.GetFiles(Uploads).ShouldBeEmpty();
    }

    [Fact]
    public void Constructor_Leftovers_Deleted()
    {
        Directory.CreateDirectory(Uploads);
        File.WriteAllText(Path.Combine(Uploads, "left"), "By a server that was killed.");
        _ = new UploadFiles(Uploads);
        Directory.Exists(Uploads).ShouldBeFalse();
    }

    [Fact]
    public void Create_NoFolder_SaysNoPath()
    {
        var files = new UploadFiles(Uploads);
        File.WriteAllText(Uploads, "A file where the folder should be.");
        Should.Throw<UploadStorageException>(files.Create).Message.ShouldNotContain(_folder.Path);
    }

    [Fact]
    public async Task Use_ManyFiles_TwoAreInMemoryAtATime()
    {
        var files = new UploadFiles(Uploads);
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
