using System.Text.Json;
using System.Text.Unicode;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// Parses the JSON of a checkpoint and checks its text: System.Text.Json finds bad UTF-8 and lone surrogates only when a string is read,
/// and then throws an exception of another type.
/// </summary>
internal static class JsonText
{
    /// <param name="path">The file, for messages.</param>
    /// <param name="bytes">The JSON; it must not change while the result is used.</param>
    /// <param name="options">How it is parsed.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="CheckpointException">It has text that is not valid Unicode.</exception>
    public static JsonDocument Parse(string path, byte[] bytes, JsonDocumentOptions options)
    {
        if (!Utf8.IsValid(bytes)) throw Bad(path, null);
        var document = JsonDocument.Parse(bytes, options);
        try
        {
            Read(document.RootElement);
            return document;
        }
        catch (InvalidOperationException problem)
        {
            document.Dispose();
            throw Bad(path, problem);
        }
    }

    /// <summary>Reads every string once. The depth is limited by the options of the parser.</summary>
    private static void Read(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Read(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value);
                }

                break;
            default:
                break;
        }
    }

    private static CheckpointException Bad(string path, Exception? cause) => new($"{path}: it holds text that is not valid UTF-8.", cause);
}
