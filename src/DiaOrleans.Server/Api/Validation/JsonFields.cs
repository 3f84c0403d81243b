using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// A JSON object as its text, read once. It keeps where its members lie, and parses a value when it is asked for: what nobody asks for
/// takes no more memory than its bytes and 12 bytes a member.
/// </summary>
internal sealed class JsonFields : IFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MalformedJson.MaxDepth };
    private static readonly JsonElement EmptyObject = JsonSerializer.SerializeToElement(new { });
    private static readonly JsonElement EmptyArray = JsonSerializer.SerializeToElement(Array.Empty<int>());

    private readonly ReadOnlyMemory<byte> _text;
    private readonly ReadOnlyMemory<byte> _whole;
    private readonly List<Member> _members = [];

    /// <param name="text">One JSON value; members of what is no object are not found.</param>
    /// <exception cref="JsonException">It is no JSON, or nested too deep.</exception>
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

    /// <summary>What the whole text is.</summary>
    public JsonValueKind Kind { get; }

    /// <inheritdoc/>
    public JsonElement? Find(string name)
    {
        if (Locate(name) is not { } value) return null;
        if (value.Length <= Validation.Echo.MaxBytes) return Parse(value);
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
    public string? Echo(string name) => Locate(name) is { } value ? EchoOf(value) : null;

    /// <inheritdoc/>
    public string EchoAll() => EchoOf(_whole);

    private static string EchoOf(ReadOnlyMemory<byte> value)
    {
        var isContainer = value.Span[0] is (byte)'{' or (byte)'[';
        return isContainer && value.Length > Validation.Echo.MaxBytes
            ? Validation.Echo.LeftOut
            : Validation.Echo.Of(Parse(LongString.Shorten(value)));
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
            if (MemberName.Is(_text.Span[(at + 1)..start], name)) return _text[start..end];
        }

        return null;
    }

    /// <summary>Where a member lies: its name's opening quote, its value's first byte, and the byte after its value.</summary>
    private readonly record struct Member(int Name, int Start, int End);
}
