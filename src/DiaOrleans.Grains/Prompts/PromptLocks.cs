namespace DiaOrleans.Grains.Prompts;

/// <summary>One at a time changes the files and the state of an audio prompt in this process.</summary>
internal sealed class PromptLocks
{
    private readonly Dictionary<string, Turn> _turns = [];

    /// <summary>Waits for the prompt; it is free again when the result is disposed.</summary>
    public async Task<IDisposable> Take(string promptId, CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(promptId, out turn!)) _turns[promptId] = turn = new Turn(this, promptId);
            turn.Users++;
        }

        try
        {
            await turn.Free.WaitAsync(cancellationToken);
            return new Hold(turn);
        }
        catch
        {
            Leave(turn);
            throw;
        }
    }

    private void Leave(Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users == 0) _turns.Remove(turn.PromptId);
        }
    }

    private sealed class Turn(PromptLocks owner, string promptId)
    {
        public readonly SemaphoreSlim Free = new(1);

        public string PromptId => promptId;

        public int Users { get; set; }

        public void Release()
        {
            Free.Release();
            owner.Leave(this);
        }
    }

    private sealed class Hold(Turn turn) : IDisposable
    {
        private Turn? _turn = turn;

        public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
    }
}
