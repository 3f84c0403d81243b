namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>One operation of the API, as its reader sees it.</summary>
/// <param name="Method">GET, POST and so on.</param>
/// <param name="Path">Without /v1, unless the route exists only there.</param>
/// <param name="Summary">A few words.</param>
/// <param name="Description">What it does and what to know of it; Markdown.</param>
internal sealed record Operation(string Method, string Path, string Summary, string Description)
{
    /// <summary>Set by the area that describes it.</summary>
    public string Area { get; init; } = "";

    public IReadOnlyList<Field> Query { get; init; } = [];

    public IReadOnlyList<Field> Headers { get; init; } = [];

    /// <summary>Ids in the path, in order.</summary>
    public IReadOnlyList<Field> Ids { get; init; } = [];

    public Body? Body { get; init; }

    public IReadOnlyList<Answer> Answers { get; init; } = [];
}

/// <summary>What JSON types a field may have; a file is a part of a form.</summary>
internal enum FieldType
{
    Text,
    Number,
    Integer,
    Boolean,
    File,
}

/// <summary>A field of a body, a query, a header or a path.</summary>
/// <param name="Name">As sent.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Description">What it means; Markdown.</param>
internal sealed record Field(string Name, FieldType Type, string Description)
{
    public bool Required { get; init; }

    /// <summary>Whether null may be sent.</summary>
    public bool OrNull { get; init; }

    /// <summary>Whether an object may be sent instead.</summary>
    public bool OrObject { get; init; }

    /// <summary>JSON, or null where none is to be shown.</summary>
    public string? Default { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>Unicode code points.</summary>
    public int? MaxLength { get; init; }

    /// <summary>All values that there are; empty where they cannot be listed.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}

/// <summary>What is sent.</summary>
/// <param name="Fields">Its fields.</param>
/// <param name="Example">JSON; for a form, null.</param>
/// <param name="IsForm">multipart/form-data instead of JSON.</param>
/// <param name="Required">Whether one must be sent.</param>
internal sealed record Body(IReadOnlyList<Field> Fields, string? Example = null, bool IsForm = false, bool Required = true);

/// <summary>What comes back.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Example">JSON, from which the schema is read too; null where the answer is no JSON.</param>
internal sealed record Answer(int Status, string Description, string? Example = null)
{
    /// <summary>Types other than JSON, such as audio/wav.</summary>
    public IReadOnlyList<string> MediaTypes { get; init; } = [];

    /// <summary>Whether the object's names are ids, and not fields.</summary>
    public bool IsMap { get; init; }
}
