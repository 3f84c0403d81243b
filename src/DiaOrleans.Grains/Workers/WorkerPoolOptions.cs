using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Workers;

/// <summary>The workers of requests that name no model.</summary>
public sealed record WorkerPoolOptions
{
    /// <summary>
    /// The pool that speaks requests which name no model: model, precision and kind of device, such as dia-nano/fp32/cpu. Null, the
    /// default: of the pools that have workers the first in the order of their names.
    /// </summary>
    [RegularExpression("[^/]+/[^/]+/[^/]+", ErrorMessage = "MODEL/PRECISION/KIND, such as dia-nano/fp32/cpu")]
    public string? DefaultPool { get; init; }
}
