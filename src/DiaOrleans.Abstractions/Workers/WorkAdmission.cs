namespace DiaOrleans.Abstractions.Workers;

/// <summary>A worker's answer to a submission.</summary>
public enum WorkOutcome
{
    /// <summary>It will run.</summary>
    Accepted,

    /// <summary>The limit of waiting work is reached.</summary>
    Busy,

    /// <summary>No model, or draining.</summary>
    Unavailable,

    /// <summary>The model cannot serve it at any time.</summary>
    Rejected,

    /// <summary>The model is being loaded: submit the work again.</summary>
    Loading,
}

/// <summary>The answer to a submission, with its reason.</summary>
/// <param name="Outcome">Whether the work will run, and if not, why.</param>
/// <param name="Reason">A sentence for the client, if refused.</param>
/// <param name="RetryAfter">When to try again, if that helps.</param>
[GenerateSerializer, Immutable, Alias("dia.work-admission")]
public sealed record WorkAdmission(
    [property: Id(0)] WorkOutcome Outcome,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] TimeSpan? RetryAfter = null);
