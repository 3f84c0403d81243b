using System.Net;
using System.Text.Json;
using DiaOrleans.Server.Api.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api.OpenApi;

[Collection(nameof(ServerCollection))]
public sealed class OpenApiTests(ServerFixture fixture)
{
    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public void Every_mapped_endpoint_is_described() =>
        Mapped().Where(route => Descriptions.Find(route.Method, route.Route) is null).ShouldBeEmpty();

    [Fact]
    public void Every_description_is_of_a_mapped_endpoint() =>
        Descriptions.All.Except(Mapped().Select(route => Descriptions.Find(route.Method, route.Route)!)).Select(
            operation => $"{operation.Method} {operation.Path}")
            .ShouldBeEmpty();

    [Fact]
    public void Every_id_in_a_path_is_described()
    {
        foreach (var operation in Descriptions.All)
            operation.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'))
                .ShouldBe(operation.Ids.Select(id => id.Name), operation.Path);
    }

    [Fact]
    public void Examples_have_the_fields_that_are_described()
    {
        foreach (var operation in Descriptions.All.Where(operation => operation.Body?.Example is not null))
        {
            var sent = JsonDocument.Parse(operation.Body!.Example!).RootElement.EnumerateObject().Select(property => property.Name)
                .ToArray();
            sent.Except(operation.Body.Fields.Select(field => field.Name)).ShouldBeEmpty(operation.Path);
            operation.Body.Fields.Where(field => field.Required).Select(field => field.Name).Except(sent).ShouldBeEmpty(operation.Path);
        }
    }

    [Fact]
    public async Task The_document_is_made_once()
    {
        var document = fixture.Server.App.Services.GetRequiredService<DocumentBytes>();
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _client.GetByteArrayAsync("/openapi.json")));
        var bytes = await document.Get();
        (await document.Get()).ShouldBeSameAs(bytes);
        all.ShouldAllBe(answer => answer.SequenceEqual(bytes));
    }

    [Fact]
    public async Task The_document_has_every_mapped_operation_with_its_answers()
    {
        var document = await (await _client.GetAsync("/openapi.json")).Json();
        var info = document.GetProperty("info");
        (info.GetProperty("title").GetString(), info.GetProperty("version").GetString()).ShouldBe(("Dia TTS Server", "1.0.0"));
        document.GetProperty("openapi").GetString().ShouldStartWith("3.");
        var shown = document.GetProperty("paths").EnumerateObject()
            .SelectMany(
                path => path.Value.EnumerateObject().Select(operation => (operation.Name.ToUpperInvariant(), path.Name))).ToHashSet();
        shown.ShouldBe(
            Mapped().Select(route => Descriptions.Find(route.Method, route.Route)!).Select(operation => (operation.Method, operation.Path))
                .ToHashSet(),
            ignoreOrder: true);
        var generate = document.GetProperty("paths").GetProperty("/generate").GetProperty("post");
        generate.GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().Select(type => type.Name)
            .ShouldContain("audio/mpeg");
        var body = generate.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
        body.GetProperty("schema").GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBe(["text", "voice_id"]);
        body.GetProperty("schema").GetProperty("properties").GetProperty("speed").GetProperty("maximum").GetDouble().ShouldBe(4);
        body.GetProperty("example").GetProperty("voice_id").GetString().ShouldBe("anna");
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/redoc")]
    public async Task The_page_is_served_and_loads_everything_from_this_server(string path)
    {
        var answer = await _client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("""<base href="docs/">""");
        page.ShouldNotContain("https://");
        (await _client.GetAsync("/docs/scalar.js")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/docs/", "/docs")]
    [InlineData("/redoc/", "/redoc")]
    [InlineData("/docs/scalar.js/", "/docs/scalar.js")]
    [InlineData("/openapi.json/", "/openapi.json")]
    public async Task A_trailing_slash_redirects_once(string path, string target)
    {
        var answer = await _client.GetAsync(path);
        ((int)answer.StatusCode).ShouldBe(307);
        answer.Headers.Location!.OriginalString.ShouldBe(target);
        (await _client.GetAsync(target)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private IEnumerable<(string Method, string Route)> Mapped() =>
        Descriptions.ListRoutes(fixture.Server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints);
}
