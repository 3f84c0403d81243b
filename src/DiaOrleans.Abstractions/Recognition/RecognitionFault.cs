namespace DiaOrleans.Abstractions.Recognition;

/// <summary>What a failure of speech recognition depends on: an attempt with another one may succeed.</summary>
public enum RecognitionFault
{
    /// <summary>The recording.</summary>
    Recording,

    /// <summary>The model: its size is unknown, its file damaged, or it does not load.</summary>
    Model,

    /// <summary>The download of the model.</summary>
    Download,

    /// <summary>The process that recognises: it died, perhaps because its silo is being stopped, or because of the recording.</summary>
    Process,
}
