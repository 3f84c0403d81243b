using DiaOrleans.Grains.TemporaryFiles;

namespace DiaOrleans.Grains.Tests.TemporaryFiles;

public sealed class TemporaryFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("dia-temporary-").FullName;

    private string Folder => Path.Combine(_parent, "files");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task Create_File_PrivateAndDeletedWhenDisposed()
    {
        var file = new TemporaryFolder(Folder).Create();
        await file.Append(new byte[] { 1, 2, 3 }, CancellationToken.None);
        await file.Append(new byte[] { 4, 5 }, CancellationToken.None);
        var path = Directory.GetFiles(Folder).ShouldHaveSingleItem();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        file.Length.ShouldBe(5);
        (await file.ReadAll(CancellationToken.None)).ShouldBe([1, 2, 3, 4, 5]);
        var part = new byte[3];
        await file.Read(1, part, CancellationToken.None);
        part.ShouldBe([2, 3, 4]);
        await file.DisposeAsync();
        Directory.GetFiles(Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_BehindTheEnd_Fails()
    {
        await using var file = new TemporaryFolder(Folder).Create();
        await file.Append(new byte[] { 1, 2, 3 }, CancellationToken.None);
        await Should.ThrowAsync<TemporaryFileException>(() => file.Read(2, new byte[2], CancellationToken.None));
    }

    [Fact]
    public void Constructor_Leftovers_Deleted()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, Guid.NewGuid().ToString("N")), "By a server that was killed.");
        _ = new TemporaryFolder(Folder);
        Directory.Exists(Folder).ShouldBeFalse();
    }

    [Fact]
    public void Constructor_FilesAndFoldersOfOthers_Stay()
    {
        var inner = Directory.CreateDirectory(Path.Combine(Folder, Guid.NewGuid().ToString("N"))).FullName;
        string[] others = [Path.Combine(Folder, "notes.txt"), Path.Combine(inner, Guid.NewGuid().ToString("N"))];
        foreach (var other in others) File.WriteAllText(other, "Of another program.");
        var left = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        File.WriteAllText(left, "By a server that was killed.");
        _ = new TemporaryFolder(Folder);
        others.ShouldAllBe(other => File.Exists(other));
        File.Exists(left).ShouldBeFalse();
    }

    [Fact]
    public void Create_NoFolder_MessageHasNoPath()
    {
        var files = new TemporaryFolder(Folder);
        File.WriteAllText(Folder, "A file where the folder should be.");
        Should.Throw<TemporaryFileException>(files.Create).Message.ShouldNotContain(_parent);
    }
}
