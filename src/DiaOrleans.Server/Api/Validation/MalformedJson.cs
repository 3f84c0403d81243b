using System.Buffers;
using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>The answer to a body that is not JSON: where it is wrong, and why.</summary>
internal static class MalformedJson
{
    /// <summary>Levels of nested objects and arrays that are accepted.</summary>
    public const int MaxDepth = 512;

    private const string NoUtf8 = "Unexpected byte that is no UTF-8";

    /// <summary>The answer to a body that is not JSON.</summary>
    public static ApiProblem CreateProblem(byte[] bytes, JsonException problem)
    {
        var at = FindPosition(bytes, problem);
        return CreateProblem(bytes, at, Explain(bytes, at));
    }

    /// <summary>The answer to JSON that has a byte that is no UTF-8.</summary>
    public static ApiProblem NotUtf8(byte[] bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes.AsSpan(at), out _, out var length) == OperationStatus.Done) at += length;
        return CreateProblem(bytes, at, NoUtf8);
    }

    private static ApiProblem CreateProblem(byte[] bytes, int at, string error)
    {
        var offset = Encoding.UTF8.GetCharCount(bytes, 0, at);
        var why = ApiJson.Serialize(new { error });
        return ApiProblem.Invalid([new InvalidField("json_invalid", ["body", offset], "JSON decode error", "{}", why)]);
    }

    private static int FindPosition(byte[] bytes, JsonException problem)
    {
        var start = 0;
        for (var line = problem.LineNumber ?? 0; line > 0; line--) start = Array.IndexOf(bytes, (byte)'\n', start) + 1;
        return (int)Math.Min(bytes.Length, start + (problem.BytePositionInLine ?? 0));
    }

    private static string Explain(byte[] bytes, int at)
    {
        if (CountOpen(bytes.AsSpan(0, at)) >= MaxDepth) return $"Nested more than {MaxDepth} levels deep";
        if (at == bytes.Length) return "Unexpected end of the text";
        if (Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out _) != OperationStatus.Done) return NoUtf8;
        return Rune.IsControl(rune) ? $"Unexpected control character U+{rune.Value:X4}" : $"Unexpected '{rune}'";
    }

    /// <summary>The number of brackets that are open at the end.</summary>
    private static int CountOpen(ReadOnlySpan<byte> json)
    {
        var depth = 0;
        var inString = false;
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
