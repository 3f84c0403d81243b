using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// A JSON object as text, scanned once for the offsets of its members. A value is parsed when it is read, so that unread members take no
/// more memory than their bytes and 12 bytes each.
/// </summary>
internal sealed class JsonFields : IFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MalformedJson.MaxDepth };
    private static readonly JsonElement EmptyObject = JsonSerializer.SerializeToElement(new { });
    private static readonly JsonElement EmptyArray = JsonSerializer.SerializeToElement(Array.Empty<int>());

    private readonly ReadOnlyMemory<byte> _text;
    private readonly ReadOnlyMemory<byte> _whole;
    private readonly List<Member> _members = [];

    /// <param name="text">One JSON value; only an object has members.</param>
    /// <exception cref="JsonException">The text is not JSON, or nested too deep.</exception>
    public JsonFields(ReadOnlyMemory<byte> text)
    {
        _text = text;
        var reader = new Utf8JsonReader(text.Span, Options);
        reader.Read();
        Kind = KindOf(reader.TokenType);
        var begin = (int)reader.TokenStartIndex;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || Kind != JsonValueKind.Object) continue;
            var name = (int)reader.TokenStartIndex;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            _members.Add(new Member(name, start, (int)reader.BytesConsumed));
        }

        _whole = text[begin..(int)reader.BytesConsumed].TrimEnd(" \t\r\n"u8);
    }

    /// <summary>Object, Null, or Undefined for any other value.</summary>
    public JsonValueKind Kind { get; }

    /// <inheritdoc/>
    public JsonElement? Find(string name)
    {
        if (Locate(name) is not { } value) return null;
        if (value.Length <= InputEcho.MaxBytes) return Parse(value);
        return (char)value.Span[0] switch
        {
            '{' => EmptyObject,
            '[' => EmptyArray,
            _ => Parse(LongString.Shorten(value)),
        };
    }

    /// <inheritdoc/>
    public IFields? Within(string name) => Locate(name) is { } value && value.Span[0] == '{' ? new JsonFields(value) : null;

    /// <inheritdoc/>
    public string? Echo(string name) => Locate(name) is { } value ? Format(value) : null;

    /// <inheritdoc/>
    public string EchoAll() => Format(_whole);

    private static string Format(ReadOnlyMemory<byte> value)
    {
        var isContainer = value.Span[0] is (byte)'{' or (byte)'[';
        return isContainer && value.Length > InputEcho.MaxBytes
            ? InputEcho.LeftOut
            : InputEcho.Format(Parse(LongString.Shorten(value)));
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> value)
    {
        var reader = new Utf8JsonReader(value.Span, Options);
        return JsonElement.ParseValue(ref reader);
    }

    private static JsonValueKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.Null => JsonValueKind.Null,
        _ => JsonValueKind.Undefined,
    };

    private ReadOnlyMemory<byte>? Locate(string name)
    {
        for (var i = _members.Count - 1; i >= 0; i--)
        {
            var (at, start, end) = _members[i];
            if (MemberName.Matches(_text.Span[(at + 1)..start], name)) return _text[start..end];
        }

        return null;
    }

    /// <summary>Offsets of a member.</summary>
    /// <param name="Name">Of the opening quote of its name.</param>
    /// <param name="Start">Of the first byte of its value.</param>
    /// <param name="End">Of the byte after its value.</param>
    private readonly record struct Member(int Name, int Start, int End);
}
