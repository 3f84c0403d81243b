using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Tests.Recognition.ModelFiles;

public sealed class DownloadLogTests
{
    private readonly RecordedLog _log = new();

    [Fact]
    public void A_download_that_is_repeated_is_one_line_with_the_reason_and_no_trace()
    {
        var cause = new HttpRequestException("no connection", new IOException("Name or service not known"));
        Resume(new DownloadException(DownloadFault.Unavailable, "its source cannot be reached", cause));
        Resume(new DownloadException(DownloadFault.Unavailable, "its source answers 503"));
        _log.Lines.Select(line => $"{line.Text}{line.Cause}").ShouldBe(
        [
            "The download of the Whisper model base waits 1.5 s: its source cannot be reached (Name or service not known).",
            "The download of the Whisper model base waits 1.5 s: its source answers 503.",
        ]);
    }

    private void Resume(Exception cause)
    {
        var log = new DownloadLog(_log, "base", "hub.example");
        log.Resumes(new RemoteFile("ggml-base.bin", null, null), cause, TimeSpan.FromSeconds(1.5));
    }
}
