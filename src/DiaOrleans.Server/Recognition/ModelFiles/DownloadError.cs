using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>The exceptions of a download. Their messages are for clients: they have no path and no address.</summary>
internal static class DownloadError
{
    /// <summary>An exception that says why a model was not downloaded.</summary>
    /// <param name="size">Name of the model's size.</param>
    /// <param name="why">The end of the sentence, without a full stop.</param>
    /// <param name="cause">The cause, or null.</param>
    public static RecognitionException Create(string size, string why, Exception? cause = null) =>
        new($"The Whisper model {size} was not downloaded: {why}.", cause) { Fault = RecognitionFault.Download };
}
