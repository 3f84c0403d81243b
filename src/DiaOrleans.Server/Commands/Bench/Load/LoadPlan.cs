namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>How a request is made.</summary>
internal enum LoadRoute
{
    /// <summary>POST /generate of this server; it needs no stream, and sends the whole audio.</summary>
    Generate,

    /// <summary>POST /v1/audio/speech, which servers with OpenAI's API have.</summary>
    OpenAi,

    /// <summary>A background job: POST /generate?async_mode=true, then the state until it has ended, then the result.</summary>
    Job,
}

/// <summary>What a server is given to do.</summary>
internal sealed record LoadPlan
{
    /// <summary>Address of the server, with a slash at its end.</summary>
    public required Uri Server { get; init; }

    /// <summary>How a request is made.</summary>
    public LoadRoute Route { get; init; }

    /// <summary>Whether the audio is sent while it is made; only with <see cref="LoadRoute.OpenAi"/>.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Name of the audio format.</summary>
    public string Format { get; init; } = "wav";

    /// <summary>Voice of all requests.</summary>
    public string Voice { get; init; } = "bench";

    /// <summary>Model that requests on OpenAI's route name.</summary>
    public string Model { get; init; } = "dia";

    /// <summary>API key, or null.</summary>
    public string? Key { get; init; }

    /// <summary>Characters of the shortest text.</summary>
    public int ShortestText { get; init; } = 40;

    /// <summary>Characters of the longest text.</summary>
    public int LongestText { get; init; } = 160;

    /// <summary>Requests are made for so long; those that run then are completed and counted.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Requests that arrive in a second, at random times; null keeps the clients busy instead.</summary>
    public double? Rate { get; init; }

    /// <summary>Seed of texts, arrivals and requests.</summary>
    public int Seed { get; init; } = 1;
}
