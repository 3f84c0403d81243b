namespace DiaOrleans.Server.Api.Errors;

/// <summary>An error that the client gets as its answer: a status with a sentence or, for 422, with the fields that failed.</summary>
internal sealed class ApiProblem : Exception
{
    private ApiProblem(int status, string detail, IReadOnlyList<InvalidField> fields) : base(detail)
    {
        Status = status;
        Fields = fields;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The fields that failed; empty if the status is not 422.</summary>
    public IReadOnlyList<InvalidField> Fields { get; }

    /// <summary>The <c>code</c> of OpenAI's error object, or null.</summary>
    public string? Code { get; init; }

    /// <summary>Sent as Retry-After, in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ApiProblem BadRequest(string detail) => new(400, detail, []);

    public static ApiProblem NotFound(string detail, string? code = null) => new(404, detail, []) { Code = code };

    /// <summary>409: a limit on what can be stored is reached.</summary>
    public static ApiProblem Full(string detail) => new(409, detail, []);

    /// <summary>408; the connection is closed after it, since the rest of the body is not read.</summary>
    public static ApiProblem TooSlow() => new(408, "The request body took too long to arrive", []);

    public static ApiProblem BodyTooLarge() => new(413, "Request body too large", []);

    public static ApiProblem TooLarge(string detail) => new(413, detail, []);

    public static ApiProblem UnknownEncoding(string name) =>
        new(415, $"Unsupported Content-Encoding '{name}': send gzip, deflate, br or no encoding", []);

    public static ApiProblem Invalid(IReadOnlyList<InvalidField> fields) => new(422, Summarize(fields), fields);

    public static ApiProblem TooEarly(string detail) => new(425, detail, []);

    public static ApiProblem Busy(TimeSpan? retryAfter) =>
        new(429, "Server is busy, try again later", []) { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1) };

    public static ApiProblem Failed(string detail) => new(500, detail, []);

    public static ApiProblem Unavailable(TimeSpan? retryAfter) =>
        new(503, "Worker pool not available", []) { RetryAfter = retryAfter ?? TimeSpan.FromSeconds(5) };

    /// <summary>503: a part of the cluster does not answer, or is moving to another silo.</summary>
    public static ApiProblem NoAnswer() =>
        new(503, "The server cannot do this at the moment. Send the request again.", []) { RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>507: nothing was accepted.</summary>
    public static ApiProblem NoSpace(string detail) => new(507, detail, []);

    public static ApiProblem NotInstalled(string detail, TimeSpan? retryAfter = null) => new(503, detail, []) { RetryAfter = retryAfter };

    private static string Summarize(IReadOnlyList<InvalidField> fields) =>
        string.Join("; ", fields.Select(f => $"{f.Name}: {f.Message}"));
}
