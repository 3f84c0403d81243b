using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>The query of GET /jobs.</summary>
/// <param name="Status">Only jobs in this state; null for all.</param>
/// <param name="Limit">Length of the list at most.</param>
internal readonly record struct JobListQuery(SpeechStatus? Status, int Limit)
{
    /// <exception cref="ApiProblem">422 with every field that fails.</exception>
    public static JobListQuery Read(IQueryCollection query)
    {
        var fields = FieldReader.Query(query);
        var state = fields.OptionalChoice("status", RequestLimits.JobStates);
        var limit = (int)fields.IntegerOr("limit", RequestLimits.DefaultListLength, RequestLimits.ListLength);
        fields.ThrowIfInvalid();
        return new JobListQuery(state is null ? null : Enum.Parse<SpeechStatus>(state, ignoreCase: true), limit);
    }
}
