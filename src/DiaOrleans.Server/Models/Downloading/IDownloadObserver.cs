namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Is told how downloads go on. Several threads may call it at the same time.</summary>
internal interface IDownloadObserver
{
    /// <summary>Another process downloads the same; this one waits for it.</summary>
    /// <param name="what">Name of what is downloaded.</param>
    void Waits(string what);

    /// <summary>A file is transferred from here on; called again if it has to start from its beginning.</summary>
    /// <param name="file">The file.</param>
    /// <param name="done">Bytes that are already on disk.</param>
    /// <param name="total">Its size; null if it is not known yet.</param>
    void Begins(RemoteFile file, long done, long? total);

    /// <summary>More bytes are on disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">How many more.</param>
    void Advances(RemoteFile file, int bytes);

    /// <summary>A transfer was interrupted and goes on after a wait.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cause">What interrupted it.</param>
    /// <param name="wait">The wait; 0 for none.</param>
    void Resumes(RemoteFile file, Exception cause, TimeSpan wait);

    /// <summary>All bytes are on disk and are compared with the published digest.</summary>
    /// <param name="file">The file.</param>
    void Verifies(RemoteFile file);

    /// <summary>The file is in place.</summary>
    /// <param name="file">The file.</param>
    void Ends(RemoteFile file);
}
