using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>JSON answers: names as given, text unescaped.</summary>
internal static class ApiJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IResult Ok(object value) => Results.Json(value, Options, "application/json");
}
