using System.Text;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

internal static class HttpAnswers
{
    public static async Task<JsonElement> Json(this HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync()).RootElement;

    public static Task<HttpResponseMessage> PostJson(this HttpClient client, string path, string body) =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    public static Task<HttpResponseMessage> PostBytes(this HttpClient client, string path, byte[] body) =>
        client.PostAsync(path, new ByteArrayContent(body));

    public static Task<HttpResponseMessage> PutJson(this HttpClient client, string path, string body) =>
        client.PutAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    /// <summary>Sends a body that must be accepted.</summary>
    public static async Task<JsonElement> Accepted(this HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body) };
        var answer = await client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        return await answer.Json();
    }

    /// <summary>Sends a request without a body, with headers that are not validated.</summary>
    public static async Task<HttpResponseMessage> Send(
        this HttpClient client,
        string method,
        string path,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    /// <summary>The only failed field of a 422 answer.</summary>
    public static async Task<JsonElement> OnlyFailure(this HttpResponseMessage answer)
    {
        ((int)answer.StatusCode).ShouldBe(422, await answer.Content.ReadAsStringAsync());
        return (await answer.Json()).GetProperty("detail").EnumerateArray().ShouldHaveSingleItem();
    }

    public static async Task<string> Detail(this HttpResponseMessage answer) => (await answer.Json()).GetProperty("detail").GetString()!;
}
