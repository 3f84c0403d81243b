using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Tests.Models;

/// <summary>Keeps what it is told.</summary>
internal sealed class RecordingObserver : IDownloadObserver
{
    private readonly Lock _lock = new();

    public List<string> Waiting { get; } = [];

    public List<(long Done, long? Total)> Begun { get; } = [];

    public List<(string Cause, TimeSpan Wait)> Resumed { get; } = [];

    public long Advanced { get; private set; }

    public int Ended { get; private set; }

    public void Waits(string what) => Keep(() => Waiting.Add(what));

    public void Begins(RemoteFile file, long done, long? total) => Keep(() => Begun.Add((done, total)));

    public void Advances(RemoteFile file, int bytes) => Keep(() => Advanced += bytes);

    public void Resumes(RemoteFile file, Exception cause, TimeSpan wait) => Keep(() => Resumed.Add((cause.Message, wait)));

    public void Verifies(RemoteFile file)
    {
    }

    public void Ends(RemoteFile file) => Keep(() => Ended++);

    private void Keep(Action change)
    {
        lock (_lock) change();
    }
}
