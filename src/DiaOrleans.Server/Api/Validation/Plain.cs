using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>JSON as people read it: quotes and letters of other alphabets stay what they are.</summary>
internal static class Plain
{
    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
