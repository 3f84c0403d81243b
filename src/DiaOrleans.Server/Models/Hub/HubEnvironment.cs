namespace DiaOrleans.Server.Models.Hub;

/// <summary>What the environment says to all programs that use the Hugging Face hub.</summary>
internal sealed record HubEnvironment
{
    /// <summary>Address of the hub, HF_ENDPOINT; null for the public one.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Token for models that need one, HF_TOKEN; null if there is none.</summary>
    public string? Token { get; init; }

    /// <summary>The folder of the cache: HF_HUB_CACHE, hub in HF_HOME, or the one in the user's home.</summary>
    public required string Cache { get; init; }

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">The value of a variable by its name; null or empty if it is not set.</param>
    public static HubEnvironment Read(Func<string, string?> variable)
    {
        var home = Get("HF_HOME") ?? Path.Combine(
            Get("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "huggingface");
        return new HubEnvironment
        {
            Endpoint = Get("HF_ENDPOINT"),
            Token = Get("HF_TOKEN"),
            Cache = Get("HF_HUB_CACHE") ?? Path.Combine(home, "hub"),
        };

        string? Get(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }
}
