using System.Diagnostics;
using System.Security.Cryptography;
using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Tests.Models.Downloading;

/// <summary>A disk that becomes full while a file comes: a small file system in memory, which needs root.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Path = "owner/model/weights.bin";

    private readonly TemporaryFolder _folder = new();
    private bool _isMounted;

    public void Dispose()
    {
        if (_isMounted) Run("umount", _folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_fills_the_disk_fails_and_continues_when_there_is_room()
    {
        _isMounted = Run("mount", "-t", "tmpfs", "-o", "size=1m", "dia-test", _folder.Path);
        Assert.SkipUnless(_isMounted, "no file system in memory can be mounted here");
        await using var hub = await HubServer.Start();
        var content = hub.Add(Path, 3_000_000);
        using var http = HttpFetch.CreateClient();
        var observer = new RecordingObserver();
        var real = Download(DiskSpace.OfMachine);
        (await Should.ThrowAsync<DownloadException>(real.Run(CancellationToken.None))).Fault.ShouldBe(DownloadFault.NoSpace);
        observer.Advanced.ShouldBe(0, "the room is asked first");

        // Another program takes the room after it was asked.
        var late = await Should.ThrowAsync<DownloadException>(Download(new DiskSpace(_ => long.MaxValue)).Run(CancellationToken.None));
        (late.Fault, late.Message).ShouldBe((DownloadFault.NoSpace, "it cannot be stored; is the disk full?"));
        Run("mount", "-o", "remount,size=8m", _folder.Path).ShouldBeTrue();
        await Download(DiskSpace.OfMachine).Run(CancellationToken.None);
        (await File.ReadAllBytesAsync(_folder.File("weights.bin"))).AsSpan().SequenceEqual(content).ShouldBeTrue();

        FileDownload Download(DiskSpace space)
        {
            var digest = new Digest(DigestKind.Sha256, Convert.ToHexStringLower(SHA256.HashData(content)));
            var source = new HttpSource(new HttpFetch(http, hub.Address, null), new Uri(hub.Address, "owner/model/resolve/main/"));
            var limits = new DownloadLimits { PieceBytes = 200_000, RecordBytes = 100_000 };
            var file = new RemoteFile("weights.bin", content.Length, digest);
            return new FileDownload(source, file, _folder.File("weights.bin"), limits, space, observer);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
