using System.Text.Json;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>The query of GET /jobs.</summary>
/// <param name="Status">Jobs of that status only, where not null.</param>
/// <param name="Limit">The most that are listed.</param>
internal readonly record struct JobListQuery(SpeechStatus? Status, int Limit)
{
    private const string Expected = "'pending', 'processing', 'completed', 'failed' or 'cancelled'";
    private const int DefaultLimit = 50;
    private const int HighestLimit = 500;

    /// <exception cref="ApiProblem">422 with every field that fails.</exception>
    public static JobListQuery Read(IQueryCollection query)
    {
        var fields = FieldReader.Query(query);
        var status = Parse(fields.OptionalString("status"), fields);
        var limit = (int)fields.IntegerOr("limit", DefaultLimit, 0, HighestLimit);
        fields.ThrowIfInvalid();
        return new JobListQuery(status, limit);
    }

    private static SpeechStatus? Parse(string? text, FieldReader fields)
    {
        if (text is null) return null;
        foreach (var status in Enum.GetValues<SpeechStatus>())
        {
            if (JobView.Name(status) == text) return status;
        }

        fields.Fail("enum", "status", $"Input should be {Expected}", JsonSerializer.Serialize(new { expected = Expected }, Plain.Json));
        return null;
    }
}
