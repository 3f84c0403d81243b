using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>The description of an operation of the API.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The route, without /v1 unless it exists only there.</param>
/// <param name="Summary">A few words.</param>
/// <param name="Description">What it does; Markdown.</param>
internal sealed record Operation(string Method, string Path, string Summary, string Description)
{
    /// <summary>The tag under which the document lists it.</summary>
    public string Area { get; init; } = "";

    public IReadOnlyList<Field> Query { get; init; } = [];

    public IReadOnlyList<Field> Headers { get; init; } = [];

    /// <summary>The parameters of the path, in order.</summary>
    public IReadOnlyList<Field> Ids { get; init; } = [];

    public Body? Body { get; init; }

    public IReadOnlyList<Answer> Answers { get; init; } = [];
}

/// <summary>The JSON type of a field; a file is a part of a form.</summary>
internal enum FieldType
{
    Text,
    Number,
    Integer,
    Boolean,
    File,
}

/// <summary>A field of a body, a query, a header or a path.</summary>
/// <param name="Name">The name in requests.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Description">What it means; Markdown.</param>
internal sealed record Field(string Name, FieldType Type, string Description)
{
    public bool Required { get; init; }

    /// <summary>True if null is accepted.</summary>
    public bool OrNull { get; init; }

    /// <summary>True if an object is accepted too.</summary>
    public bool OrObject { get; init; }

    /// <summary>The default, as JSON; null if there is none.</summary>
    public string? Default { get; init; }

    /// <summary>The accepted numbers; null if all are.</summary>
    public NumberRange? Range { get; init; }

    /// <summary>The most Unicode code points of a string; null if there is no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The accepted strings; empty if all are.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}

/// <summary>The body of a request.</summary>
/// <param name="Fields">Its fields.</param>
/// <param name="Example">An example, as JSON; null for a form.</param>
/// <param name="IsForm">True for multipart/form-data, false for JSON.</param>
/// <param name="Required">True if the request must have a body.</param>
internal sealed record Body(
    IReadOnlyList<Field> Fields,
    string? Example = null,
    bool IsForm = false,
    bool Required = true);

/// <summary>An answer of an operation.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Example">
/// An example: what the route itself sends for an example of the domain, or a text of JSON. Its schema follows from its type. Null if the
/// answer is not JSON.
/// </param>
internal sealed record Answer(int Status, string Description, object? Example = null)
{
    /// <summary>The example as JSON.</summary>
    public string? Json => Example is null or string ? (string?)Example : ApiJson.Serialize(Example);

    /// <summary>Media types other than JSON, such as audio/wav.</summary>
    public IReadOnlyList<string> MediaTypes { get; init; } = [];

    /// <summary>True if the keys of the example are ids, not field names.</summary>
    public bool IsMap { get; init; }
}
