using System.Threading.Channels;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Prompts to look at again in the background. What a stopping server leaves in it is found by the next start's discovery.</summary>
internal sealed class PromptBacklog
{
    private readonly Channel<string> _ids = Channel.CreateUnbounded<string>();

    public void Add(string promptId) => _ids.Writer.TryWrite(promptId);

    public IAsyncEnumerable<string> Take(CancellationToken cancellationToken) => _ids.Reader.ReadAllAsync(cancellationToken);
}
