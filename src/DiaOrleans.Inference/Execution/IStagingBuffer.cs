namespace DiaOrleans.Inference.Execution;

/// <summary>Memory of one layout on the host and on a device. Copies do nothing if both are the same memory.</summary>
internal interface IStagingBuffer : IDisposable
{
    /// <summary>Address on the host.</summary>
    nint Host { get; }

    /// <summary>Address on the device.</summary>
    nint Device { get; }

    /// <summary>Makes the host's bytes the device's.</summary>
    void Upload();

    /// <summary>Makes the device's bytes the host's; waits for the device's work so far.</summary>
    void Download();
}
