namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The parts of a model that run at the same time. A GPU has a stream for each: work of one stream is done in order, and the streams do not
/// wait for each other.
/// </summary>
internal enum DeviceStream
{
    /// <summary>The decoder, its caches and what is copied into them.</summary>
    Decoder,

    /// <summary>The text encoder.</summary>
    Text,

    /// <summary>Codes to samples.</summary>
    Codec,

    /// <summary>Recordings to codes.</summary>
    Recordings,
}
