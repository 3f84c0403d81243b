using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>The query of GET /jobs.</summary>
/// <param name="Status">Only jobs in this state; null for all.</param>
/// <param name="Limit">Length of the list at most.</param>
/// <param name="Offset">Number of jobs left out before it.</param>
/// <param name="Order">Order of the list.</param>
internal readonly record struct JobListQuery(
    SpeechStatus? Status,
    int Limit,
    int Offset,
    JobOrder Order)
{
    /// <exception cref="ApiProblem">422 with every field that fails.</exception>
    public static JobListQuery Read(IQueryCollection query)
    {
        var fields = FieldReader.Query(query);
        var state = fields.OptionalChoice("status", RequestLimits.JobStates);
        var limit = (int)fields.IntegerOr("limit", RequestLimits.DefaultListLength, RequestLimits.ListLength);
        var offset = (int)fields.IntegerOr("offset", 0, RequestLimits.ListOffset);
        var order = fields.OptionalChoice("order", RequestLimits.JobOrders);
        fields.ThrowIfInvalid();
        return new JobListQuery(
            state is null ? null : Enum.Parse<SpeechStatus>(state, ignoreCase: true),
            limit,
            offset,
            order is null ? JobOrder.Newest : Enum.Parse<JobOrder>(order, ignoreCase: true));
    }
}
