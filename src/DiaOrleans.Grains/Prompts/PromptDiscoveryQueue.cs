using System.Threading.Channels;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// Ids of prompts that are to be discovered again in the background. It is not stored: what is left when the server stops is found by the
/// discovery at the next start.
/// </summary>
internal sealed class PromptDiscoveryQueue
{
    private readonly Channel<string> _ids = Channel.CreateUnbounded<string>();

    /// <summary>Adds a prompt's id.</summary>
    public void Enqueue(string promptId) => _ids.Writer.TryWrite(promptId);

    /// <summary>Removes and returns the ids in their order, and waits for more until cancelled.</summary>
    public IAsyncEnumerable<string> DequeueAll(CancellationToken cancellationToken) => _ids.Reader.ReadAllAsync(cancellationToken);
}
