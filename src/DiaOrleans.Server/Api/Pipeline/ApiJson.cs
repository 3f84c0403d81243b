using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>The JSON of answers: names as they are declared, and only what JSON requires is escaped.</summary>
internal static class ApiJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IResult Ok(object value) => Send(200, value);

    public static IResult Send(int status, object value) => Results.Json(value, Options, "application/json", status);

    public static string Serialize<T>(T value) => JsonSerializer.Serialize(value, Options);
}
