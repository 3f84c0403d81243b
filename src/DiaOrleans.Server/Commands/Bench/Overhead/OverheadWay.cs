namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>The ways to make speech that are measured.</summary>
internal enum OverheadWay
{
    /// <summary>Nothing: what measuring itself costs.</summary>
    None,

    /// <summary>POST /generate, answered with the whole audio.</summary>
    Whole,

    /// <summary>POST /v1/audio/speech, streamed.</summary>
    Stream,

    /// <summary>A background job: submitted, followed by its events, its result fetched.</summary>
    Job,
}
