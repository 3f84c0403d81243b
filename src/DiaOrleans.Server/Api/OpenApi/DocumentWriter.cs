using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>Writes the document from the descriptions, for the routes that are mapped.</summary>
internal sealed class DocumentWriter(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    private const string Key = "apiKey";

    private const string Introduction =
        """
        Text-to-speech for dialogue, by the Dia model.

        - Every route is served bare and under `/v1`, except that `/v1/models` has another shape than `/models`, and that `/v1/audio/…` is only there.
        - An error is `{"detail": …}`: a sentence, or for 422 a list of the fields that failed. Under `/v1` OpenAI's `error` object stands beside it.
        - Every answer has an `X-Request-ID`: the client's own, or a new one.
        - A request body must arrive whole in time (408), within its size (413) and within what the server takes of all bodies at once (429 with `Retry-After`).
        - Without a key, pages of other sites are refused (403) and so are unknown host names (421): the settings AllowedOrigins and AllowedHosts name more.
        - What an error gives back of a request is at most 1 KB of a value.
        - A key is only needed where the server was given one; else any `Authorization` header is ignored.
        """;

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Dia TTS Server", Version = "1.0.0", Description = Introduction };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The API key, where the server has one." },
        };
        document.Security = [new OpenApiSecurityRequirement(), new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
        document.Paths = [];
        var mapped = Descriptions.Mapped(endpoints.Endpoints).Select(route => Descriptions.Of(route.Method, route.Route)).ToHashSet();
        Operation[] operations = [.. Descriptions.All.Where(mapped.Contains)];
        document.Tags = new HashSet<OpenApiTag>(operations.Select(operation => operation.Area).Distinct().Select(area => new OpenApiTag { Name = area }));
        foreach (var operation in operations) Add(document, operation);
        return Task.CompletedTask;
    }

    private static void Add(OpenApiDocument document, Operation operation)
    {
        if (!document.Paths.TryGetValue(operation.Path, out var path)) document.Paths[operation.Path] = path = new OpenApiPathItem { Operations = [] };
        path.Operations![HttpMethod.Parse(operation.Method)] = new OpenApiOperation
        {
            OperationId = Name(operation),
            Summary = operation.Summary,
            Description = operation.Description,
            Tags = new HashSet<OpenApiTagReference> { new(operation.Area, document) },
            Parameters =
            [
                .. operation.Ids.Select(field => Parameter(field with { Required = true }, ParameterLocation.Path)),
                .. operation.Query.Select(field => Parameter(field, ParameterLocation.Query)),
                .. operation.Headers.Select(field => Parameter(field, ParameterLocation.Header)),
            ],
            RequestBody = operation.Body is { } body ? Request(body) : null,
            Responses = Responses(operation.Answers),
        };
    }

    private static OpenApiParameter Parameter(Field field, ParameterLocation place)
    {
        var schema = Schemas.Of(field);
        schema.Description = null;
        return new OpenApiParameter { Name = field.Name, In = place, Required = field.Required, Description = field.Description, Schema = schema };
    }

    private static OpenApiRequestBody Request(Body body) => new()
    {
        Required = body.Required,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [body.IsForm ? "multipart/form-data" : "application/json"] = new OpenApiMediaType { Schema = Schemas.Of(body), Example = Parse(body.Example) },
        },
    };

    /// <summary>Answers of one status are one entry of the document: the first one's.</summary>
    private static OpenApiResponses Responses(IReadOnlyList<Answer> answers)
    {
        var responses = new OpenApiResponses();
        foreach (var answer in answers)
        {
            var content = new Dictionary<string, OpenApiMediaType>();
            foreach (var type in answer.MediaTypes) content[type] = new OpenApiMediaType { Schema = Schemas.Bytes };
            if (Parse(answer.Example) is { } example) content["application/json"] = new OpenApiMediaType { Schema = Schemas.Of(example, answer.IsMap), Example = example };
            responses.TryAdd(answer.Status.ToString(global::System.Globalization.CultureInfo.InvariantCulture), new OpenApiResponse { Description = answer.Description, Content = content });
        }

        return responses;
    }

    private static JsonNode? Parse(string? json) => json is null ? null : JsonNode.Parse(json);

    /// <summary>Such as get_voice_mappings_voice_id.</summary>
    private static string Name(Operation operation) =>
        string.Join('_', ((string[])[operation.Method, .. operation.Path.Split('/', '{', '}', '-')]).Where(part => part.Length > 0)).ToLowerInvariant().Replace('.', '_');
}
