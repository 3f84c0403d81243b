using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>Which quantised weights of a checkpoint are in a cache.</summary>
public static class CachedPrecisions
{
    /// <summary>Names of the precisions, for example int8; none for a folder that is no checkpoint of Dia. Reads headers only.</summary>
    /// <param name="cache">Folder of quantised weights; it need not exist.</param>
    /// <param name="model">Folder of a checkpoint.</param>
    public static IReadOnlyList<string> Find(string cache, string model)
    {
        try
        {
            return Directory.Exists(cache) ? new QuantisedCache(cache).FindPrecisions(DiaCheckpoint.Open(model)) : [];
        }
        catch (CheckpointException)
        {
            return [];
        }
    }
}
