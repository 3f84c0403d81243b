using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>Requests that enter free slots and are stopped at random.</summary>
internal sealed class Schedule(TracedBatch batch, Random random, IReadOnlyList<DecodeRequest> requests)
{
    private const double Joins = 0.3;
    private const double Stops = 0.05;
    private const double Moves = 0.2;

    /// <summary>The index and the trace of every request that made at least one step.</summary>
    public IReadOnlyList<(int Request, SpeechTrace Trace)> Run(int steps)
    {
        var entered = new List<(int Request, SpeechTrace Trace)>();
        for (var step = 0; step < steps; step++)
        {
            for (var slot = 0; slot < batch.Slots; slot++)
            {
                if (batch.IsTaken(slot) && random.NextDouble() < Stops) batch.Leave(slot);
                if (batch.IsTaken(slot) || random.NextDouble() >= Joins) continue;
                var request = random.Next(requests.Count);
                var enters = random.Next(2) == 0;
                entered.Add((request, enters ? batch.Enter(slot, requests[request]) : batch.Join(slot, requests[request])));
            }

            if (random.NextDouble() < Moves) Move();
            batch.Step();
        }

        return [.. entered.Where(e => e.Trace.Logits.Count > 0)];
    }

    private void Move()
    {
        var taken = Enumerable.Range(0, batch.Slots).LastOrDefault(batch.IsTaken, -1);
        var free = Enumerable.Range(0, batch.Slots).FirstOrDefault(slot => !batch.IsTaken(slot), taken);
        if (free < taken && !batch.IsJoining(taken)) batch.Move(taken, free);
    }
}
