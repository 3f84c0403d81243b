using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Commands.Model;

/// <summary>Exit codes of the commands on models, for scripts; docs/models.md lists them.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A checkpoint cannot be served.</summary>
    public const int Unservable = 1;

    /// <summary>A wrong argument or setting.</summary>
    public const int Usage = 2;

    /// <summary>There is no such model.</summary>
    public const int NotFound = 3;

    /// <summary>A file is not the published one.</summary>
    public const int Wrong = 6;

    /// <summary>Ended by a signal; the next pull continues.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code of a download that failed.</summary>
    public static int Of(DownloadFault fault) => fault switch
    {
        DownloadFault.NotFound => NotFound,
        DownloadFault.Refused => 4,
        DownloadFault.Unavailable => 5,
        DownloadFault.Wrong => Wrong,
        _ => 7,
    };
}
