using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>Writes the document from the descriptions of the routes that are mapped.</summary>
internal sealed class DocumentWriter(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    private const string Key = "apiKey";

    private const string Introduction =
        """
        Text-to-speech for dialogue, with the Dia model.

        - Every route exists with and without the prefix `/v1`. Exception: `/v1/models` has another shape than `/models`.
        - An error is `{"detail": …}`: a sentence, or for 422 a list of the fields that failed. Under `/v1` and `/audio` it has OpenAI's
          `error` object too.
        - Every answer has an `X-Request-ID`: the client's own, or a new one.
        - A request body may be compressed with gzip, deflate or br (`Content-Encoding`); limits are those of the decoded body.
        - A request body is refused if it takes too long to arrive (408), if it is too large (413), or if the bodies of all requests take
          too much room (429 with `Retry-After`).
        - If the server has no API key, it refuses requests from pages of other sites (403) and for unknown host names (421). The settings
          AllowedOrigins and AllowedHosts allow more of them.
        - While the server has little free disk space, it refuses what it would store (507).
        - An error repeats at most 1 KB of a value of the request.
        - An API key is needed only if the server has one. Otherwise the `Authorization` header is ignored.
        """;

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Dia TTS Server", Version = "1.0.0", Description = Introduction };
        // Relative to the document, which a proxy may serve under a path.
        document.Servers = [new OpenApiServer { Url = "." }];
        AddSecurity(document);
        document.Paths = [];
        var mapped = Descriptions.ListRoutes(endpoints.Endpoints).Select(route => Descriptions.Find(route.Method, route.Route)).ToHashSet();
        Operation[] operations = [.. Descriptions.All.Where(mapped.Contains)];
        var areas = operations.Select(operation => operation.Area).Distinct();
        document.Tags = areas.Select(area => new OpenApiTag { Name = area }).ToHashSet();
        foreach (var operation in operations) AddOperation(document, operation);
        return Task.CompletedTask;
    }

    private static void AddSecurity(OpenApiDocument document)
    {
        var scheme = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The API key, if the server has one.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme> { [Key] = scheme };
        var withKey = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] };
        document.Security = [new OpenApiSecurityRequirement(), withKey];
    }

    private static void AddOperation(OpenApiDocument document, Operation operation)
    {
        if (!document.Paths.TryGetValue(operation.Path, out var path))
        {
            path = new OpenApiPathItem { Operations = [] };
            document.Paths[operation.Path] = path;
        }

        path.Operations![HttpMethod.Parse(operation.Method)] = new OpenApiOperation
        {
            OperationId = MakeId(operation),
            Summary = operation.Summary,
            Description = operation.Description,
            Tags = new HashSet<OpenApiTagReference> { new(operation.Area, document) },
            Parameters =
            [
                .. operation.Ids.Select(field => MakeParameter(field with { Required = true }, ParameterLocation.Path)),
                .. operation.Query.Select(field => MakeParameter(field, ParameterLocation.Query)),
                .. operation.Headers.Select(field => MakeParameter(field, ParameterLocation.Header)),
            ],
            RequestBody = operation.Body is { } body ? MakeRequestBody(body) : null,
            Responses = MakeResponses(operation.Answers),
        };
    }

    private static OpenApiParameter MakeParameter(Field field, ParameterLocation place)
    {
        var schema = Schemas.ForField(field);
        schema.Description = null;
        return new OpenApiParameter
        {
            Name = field.Name,
            In = place,
            Required = field.Required,
            Description = field.Description,
            Schema = schema,
        };
    }

    private static OpenApiRequestBody MakeRequestBody(Body body)
    {
        var content = new OpenApiMediaType { Schema = Schemas.ForBody(body), Example = Parse(body.Example) };
        return new OpenApiRequestBody
        {
            Required = body.Required,
            Content = new Dictionary<string, OpenApiMediaType> { [body.IsForm ? "multipart/form-data" : "application/json"] = content },
        };
    }

    /// <summary>A status has one entry in the document: that of its first answer.</summary>
    private static OpenApiResponses MakeResponses(IReadOnlyList<Answer> answers)
    {
        var responses = new OpenApiResponses();
        foreach (var answer in answers)
        {
            var content = answer.MediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = Schemas.Bytes });
            if (Parse(answer.Json) is { } example)
            {
                var schema = answer.Example is string
                    ? Schemas.ForExample(example, answer.IsMap)
                    : Schemas.ForValue(answer.Example, answer.Example!.GetType(), answer.IsMap);
                content["application/json"] = new OpenApiMediaType { Schema = schema, Example = example };
            }

            var response = new OpenApiResponse { Description = answer.Description, Content = content };
            responses.TryAdd(answer.Status.ToString(CultureInfo.InvariantCulture), response);
        }

        return responses;
    }

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);

    /// <summary>The operation's id, such as get_voice_mappings_voice_id.</summary>
    private static string MakeId(Operation operation)
    {
        string[] parts = [operation.Method, .. operation.Path.Split('/', '{', '}', '-')];
        return string.Join('_', parts.Where(part => part.Length > 0)).ToLowerInvariant().Replace('.', '_');
    }
}
