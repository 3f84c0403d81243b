namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>What was measured of one request.</summary>
internal sealed record RequestSample
{
    /// <summary>200 if it has brought its audio; else the status, or a word for what happened.</summary>
    public required string Outcome { get; init; }

    /// <summary>Seconds from its first attempt to the first byte of audio.</summary>
    public double FirstByte { get; init; }

    /// <summary>Seconds from its first attempt to the last byte.</summary>
    public double Whole { get; init; }

    /// <summary>Seconds of audio.</summary>
    public double Audio { get; init; }

    /// <summary>How often a player that starts at the first byte runs out of audio.</summary>
    public int Underruns { get; init; }

    /// <summary>Seconds that such a player stands still.</summary>
    public double Silence { get; init; }

    /// <summary>Seconds that the first refusal asked to wait; null if the server took the request at once, or did not say.</summary>
    public double? AskedWait { get; init; }

    /// <summary>Seconds from the first refusal until the server took the request; null if it took it at once.</summary>
    public double? NeededWait { get; init; }

    /// <summary>Whether it has brought its audio.</summary>
    public bool IsGood => Outcome == "200";
}
