using System.ComponentModel.DataAnnotations;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Hosting;

/// <summary>The model that the engines run, and its limits.</summary>
internal sealed record EngineOptions
{
    /// <summary>Checkpoint folder; null takes the model that comes with the server.</summary>
    public string? Model { get; init; }

    /// <summary>Codec folder; needed if the checkpoint has no codec.</summary>
    public string? Codec { get; init; }

    /// <summary>0626 or classic, in any case; null or empty takes the profile that the schema of config.json implies.</summary>
    [OneOf("0626", "classic")]
    public string? Profile
    {
        get;
        init => field = string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>Threads of ONNX Runtime: 0 or more; 0, the default, chooses by the model's size.</summary>
    [Range(0, int.MaxValue)]
    public int Threads { get; init; }

    /// <summary>Work that may wait for a slot, in predicted seconds of audio; more is refused. More than 0, 600 by default.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double MaxWaitingSeconds { get; init; } = 600;

    /// <summary>Whether a model that does not fit into memory is refused before it is loaded; on by default.</summary>
    public bool MemoryCheck { get; init; } = true;

    /// <summary>Whether the speed of a model is measured once, in the background after its first load; on by default.</summary>
    public bool MeasureSpeed { get; init; } = true;

    /// <summary><see cref="Profile"/> as the checkpoint readers know it.</summary>
    public DiaProfile? ProfileOverride => Profile?.ToLowerInvariant() switch
    {
        null => null,
        "classic" => DiaProfile.Classic,
        _ => DiaProfile.Dia0626,
    };
}
