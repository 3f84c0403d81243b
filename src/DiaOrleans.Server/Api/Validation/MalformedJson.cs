using System.Buffers;
using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Says where JSON stops being JSON, and what is there, in words for the client.</summary>
internal static class MalformedJson
{
    public const int MaxDepth = 512;

    public static ApiProblem Problem(byte[] bytes, JsonException problem)
    {
        var at = Position(bytes, problem);
        var offset = Encoding.UTF8.GetCharCount(bytes, 0, at);
        var why = JsonSerializer.Serialize(new { error = Why(bytes, at) }, Plain.Json);
        return ApiProblem.Invalid([new InvalidField("json_invalid", ["body", offset], "JSON decode error", "{}", why)]);
    }

    private static int Position(byte[] bytes, JsonException problem)
    {
        var start = 0;
        for (var line = problem.LineNumber ?? 0; line > 0; line--) start = Array.IndexOf(bytes, (byte)'\n', start) + 1;
        return (int)Math.Min(bytes.Length, start + (problem.BytePositionInLine ?? 0));
    }

    private static string Why(byte[] bytes, int at)
    {
        if (Depth(bytes.AsSpan(0, at)) >= MaxDepth) return $"Nested more than {MaxDepth} levels deep";
        if (at == bytes.Length) return "Unexpected end of the text";
        if (Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out _) != OperationStatus.Done) return "Unexpected byte that is no UTF-8";
        return Rune.IsControl(rune) ? $"Unexpected control character U+{rune.Value:X4}" : $"Unexpected '{rune}'";
    }

    /// <summary>Brackets that are open at the end.</summary>
    private static int Depth(ReadOnlySpan<byte> json)
    {
        var (depth, inString) = (0, false);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '"') inString = !inString;
            else if (inString && json[i] == '\\') i++;
            else if (!inString && json[i] is (byte)'[' or (byte)'{') depth++;
            else if (!inString && json[i] is (byte)']' or (byte)'}') depth--;
        }

        return depth;
    }
}
