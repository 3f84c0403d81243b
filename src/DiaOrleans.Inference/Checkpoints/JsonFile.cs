using System.Text.Json;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Reads a checkpoint's JSON files, with errors that name file, field and what was found.</summary>
internal static class JsonFile
{
    private const long MaxBytes = 100_000_000;

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static JsonDocument Read(string path)
    {
        try
        {
            if (!File.Exists(path)) throw new CheckpointException($"{path}: the file is missing.");
            if (new FileInfo(path).Length > MaxBytes) throw new CheckpointException($"{path}: the file is larger than {MaxBytes} bytes.");
            return JsonText.Parse(path, File.ReadAllBytes(path), Options);
        }
        catch (JsonException problem)
        {
            throw new CheckpointException($"{path}: not valid JSON: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {problem.Message}", problem);
        }
    }
}

/// <summary>One object of a JSON file, with its path for messages. A field that is null counts as absent.</summary>
internal readonly struct JsonSection(string path, string at, JsonElement value)
{
    public static JsonSection Root(string path, JsonDocument json) => json.RootElement.ValueKind == JsonValueKind.Object
        ? new JsonSection(path, "", json.RootElement)
        : throw new CheckpointException($"{path}: an object is expected, found {json.RootElement.ValueKind}.");

    /// <summary>Names of the fields.</summary>
    public IReadOnlyList<string> Fields => [.. value.EnumerateObject().Select(f => f.Name)];

    public bool Has(string field) => value.TryGetProperty(field, out var found) && found.ValueKind != JsonValueKind.Null;

    public JsonSection Section(string field) => Has(field) && value.GetProperty(field) is { ValueKind: JsonValueKind.Object } section
        ? new JsonSection(path, $"{at}{field}.", section)
        : throw Bad(field, "an object");

    public int Size(string field, int? absent = null)
    {
        if (!Has(field) && absent is { } given) return given;
        if (TryNumber(field, out var number) && number.TryGetInt32(out var size) && size is > 0 and <= 1 << 24) return size;
        throw Bad(field, "a positive integer");
    }

    public int Integer(string field, int? absent = null)
    {
        if (!Has(field) && absent is { } given) return given;
        if (TryNumber(field, out var number) && number.TryGetInt32(out var integer)) return integer;
        throw Bad(field, "an integer");
    }

    public double Number(string field, double? absent = null)
    {
        if (!Has(field) && absent is { } given) return given;
        if (TryNumber(field, out var number) && number.TryGetDouble(out var found) && double.IsFinite(found)) return found;
        throw Bad(field, "a number");
    }

    public bool Boolean(string field, bool absent)
    {
        if (!Has(field)) return absent;
        var kind = value.GetProperty(field).ValueKind;
        return kind is JsonValueKind.True or JsonValueKind.False ? kind == JsonValueKind.True : throw Bad(field, "true or false");
    }

    public int[] Integers(string field)
    {
        if (!Has(field) || value.GetProperty(field) is not { ValueKind: JsonValueKind.Array } list) throw Bad(field, "a list of integers");
        var result = new int[list.GetArrayLength()];
        for (var i = 0; i < result.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt32(out result[i])) throw Bad(field, "a list of integers");
        }

        return result;
    }

    public string? String(string field) =>
        Has(field) && value.GetProperty(field) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public CheckpointException Bad(string field, string expected)
    {
        var found = value.TryGetProperty(field, out var present) ? present.GetRawText() : "nothing";
        return new CheckpointException($"{path}: {at}{field}: expected {expected}, found {found}.");
    }

    private bool TryNumber(string field, out JsonElement number) =>
        value.TryGetProperty(field, out number) && number.ValueKind == JsonValueKind.Number;
}
