using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>
/// The document as JSON. It depends on the routes alone and is made once, since making it takes much longer than sending it.
/// </summary>
/// <param name="provider">Makes it.</param>
internal sealed class DocumentBytes([FromKeyedServices(DocumentBytes.Name)] IOpenApiDocumentProvider provider)
{
    /// <summary>Name of the document in the services of ASP.NET Core.</summary>
    public const string Name = "v1";

    private readonly Lock _gate = new();
    private Task<byte[]>? _made;

    /// <summary>The bytes, the same for each call.</summary>
    public Task<byte[]> Get()
    {
        lock (_gate)
        {
            if (_made is null or { IsFaulted: true }) _made = Make();
            return _made;
        }
    }

    private async Task<byte[]> Make()
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return json.ToArray();
    }
}
