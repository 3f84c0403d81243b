namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>What a server has done with a load. Times are in seconds.</summary>
internal sealed record LoadResult
{
    /// <summary>Clients that are always busy; null with a rate.</summary>
    public int? Clients { get; init; }

    /// <summary>Requests that arrive in a second; null with clients.</summary>
    public double? Rate { get; init; }

    /// <summary>From the first request to the end of the last.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests that have brought their audio.</summary>
    public required int Requests { get; init; }

    /// <summary>Seconds of audio made in a second.</summary>
    public required double AudioPerSecond { get; init; }

    /// <summary>From a request's first attempt to its first byte of audio.</summary>
    public required Percentiles? FirstByte { get; init; }

    /// <summary>From a request's first attempt to its last byte.</summary>
    public required Percentiles? Whole { get; init; }

    /// <summary>Streams that fell behind their own playback; null if nothing was streamed.</summary>
    public required int? StreamsWithUnderruns { get; init; }

    /// <summary>Seconds that the players of those streams stood still in all.</summary>
    public required double? UnderrunSeconds { get; init; }

    /// <summary>Requests that brought no audio, by status or a word for what happened.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    /// <summary>Requests that the server refused for now before it took them.</summary>
    public required int Refused { get; init; }

    /// <summary>What the server asked those to wait, the first time.</summary>
    public required Percentiles? AskedWait { get; init; }

    /// <summary>How long it took until the server took them, asked again after half of what it said.</summary>
    public required Percentiles? NeededWait { get; init; }

    /// <summary>Milliseconds of CPU that the server spent for each request; null if it is not on this machine.</summary>
    public required double? CpuMsPerRequest { get; init; }

    /// <summary>The most memory of the server's process, MiB; null if it is not on this machine.</summary>
    public required double? PeakRssMib { get; init; }

    /// <summary>Sums samples up.</summary>
    public static LoadResult Create(LoadPlan plan, int? clients, double seconds, IReadOnlyList<RequestSample> samples, ServerUsage? usage)
    {
        var good = samples.Where(sample => sample.IsGood).ToArray();
        var refused = samples.Where(sample => sample.NeededWait is not null).ToArray();
        return new LoadResult
        {
            Clients = clients,
            Rate = plan.Rate,
            Seconds = seconds,
            Requests = good.Length,
            AudioPerSecond = good.Sum(sample => sample.Audio) / seconds,
            FirstByte = Percentiles.Of(good.Select(sample => sample.FirstByte)),
            Whole = Percentiles.Of(good.Select(sample => sample.Whole)),
            StreamsWithUnderruns = plan.IsStreamed ? good.Count(sample => sample.Underruns > 0) : null,
            UnderrunSeconds = plan.IsStreamed ? good.Sum(sample => sample.Silence) : null,
            Failures = samples.Where(sample => !sample.IsGood)
                .GroupBy(sample => sample.Outcome)
                .ToDictionary(group => group.Key, group => group.Count()),
            Refused = refused.Length,
            AskedWait = Percentiles.Of(refused.Select(sample => sample.AskedWait).OfType<double>()),
            NeededWait = Percentiles.Of(refused.Select(sample => sample.NeededWait).OfType<double>()),
            CpuMsPerRequest = good.Length == 0 ? null : usage?.Cpu.TotalMilliseconds / good.Length,
            PeakRssMib = usage?.PeakBytes / 1048576.0,
        };
    }
}
