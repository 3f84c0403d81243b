using DiaOrleans.Server.Api.Bodies;

namespace DiaOrleans.Server.Tests.Api.Bodies;

public sealed class BodyFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Incoming => _folder.File("incoming");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Create_File_PrivateAndDeletedWhenDisposed()
    {
        var file = new BodyFiles(Incoming).Create();
        await file.Append(new byte[] { 1, 2, 3 }, CancellationToken.None);
        var path = Directory.GetFiles(Incoming).ShouldHaveSingleItem();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Incoming).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        file.Length.ShouldBe(3);
        (await file.ReadAll(CancellationToken.None)).ShouldBe([1, 2, 3]);
        await file.DisposeAsync();
        Directory.GetFiles(Incoming).ShouldBeEmpty();
    }

    [Fact]
    public void Constructor_Leftovers_Deleted()
    {
        Directory.CreateDirectory(Incoming);
        File.WriteAllText(Path.Combine(Incoming, "left"), "By a server that was killed.");
        _ = new BodyFiles(Incoming);
        Directory.Exists(Incoming).ShouldBeFalse();
    }

    [Fact]
    public void Create_NoFolder_MessageHasNoPath()
    {
        var files = new BodyFiles(Incoming);
        File.WriteAllText(Incoming, "A file where the folder should be.");
        Should.Throw<BodyStorageException>(files.Create).Message.ShouldNotContain(_folder.Path);
    }

    [Fact]
    public async Task Use_ManyFiles_TwoAreInMemoryAtATime()
    {
        var files = new BodyFiles(Incoming);
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
