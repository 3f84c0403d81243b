using System.Globalization;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Reads the fields of a JSON object or of the query with FastAPI's coercions and messages, and collects all that fail; docs/api.md,
/// Errors. A method returns its fallback if the field fails: call <see cref="ThrowIfInvalid"/> before using any value.
/// </summary>
internal sealed class FieldReader
{
    private readonly IFields _fields;
    private readonly string _place;
    private readonly List<InvalidField> _problems = [];

    private FieldReader(string place, IFields fields)
    {
        _place = place;
        _fields = fields;
    }

    public static FieldReader Body(JsonFields body) => new("body", body);

    public static FieldReader Query(IQueryCollection query) => new("query", new QueryFields(query));

    /// <param name="others">Readers of the same request; their fields are listed first.</param>
    /// <exception cref="ApiProblem">422 with every field that failed.</exception>
    public void ThrowIfInvalid(params FieldReader[] others)
    {
        List<InvalidField> all = [.. others.SelectMany(o => o._problems), .. _problems];
        if (all.Count > 0) throw ApiProblem.Invalid(all);
    }

    /// <summary>A string that must be present.</summary>
    public string RequiredString(string name, int maxLength = RequestLimits.StringLength)
    {
        if (_fields.Find(name) is { } value) return ReadString(name, value, maxLength) ?? "";
        Fail("missing", name, "Field required", _fields.EchoAll(), null);
        return "";
    }

    /// <summary>A string, or null if absent or null.</summary>
    public string? OptionalString(string name, int maxLength = RequestLimits.StringLength) =>
        FindNotNull(name) is { } value ? ReadString(name, value, maxLength) : null;

    /// <summary>A string, or the string member <paramref name="member"/> of an object; null if absent or null.</summary>
    public string? OptionalStringOrMember(string name, string member, int maxLength = RequestLimits.StringLength)
    {
        if (_fields.Within(name) is not { } holder) return OptionalString(name, maxLength);
        return holder.Find(member) is { ValueKind: not JsonValueKind.Null } value ? ReadString(name, value, maxLength) : null;
    }

    /// <summary>A string that may be absent but not null.</summary>
    public string StringOr(string name, string absent, int maxLength = RequestLimits.StringLength) =>
        _fields.Find(name) is { } value ? ReadString(name, value, maxLength) ?? absent : absent;

    /// <summary>One of several strings, or null if absent or null.</summary>
    public string? OptionalChoice(string name, IReadOnlyList<string> choices)
    {
        var sent = OptionalString(name);
        if (sent is null || choices.Contains(sent)) return sent;
        FailChoice(name, choices);
        return null;
    }

    /// <summary>A number that may be absent but not null.</summary>
    public double NumberOr(string name, double absent, NumberRange range) =>
        _fields.Find(name) is { } value ? ReadNumber(name, value, range) ?? absent : absent;

    /// <summary>A number, or null if absent or null.</summary>
    public double? OptionalNumber(string name, NumberRange range) =>
        FindNotNull(name) is { } value ? ReadNumber(name, value, range) : null;

    /// <summary>An integer, or null if absent or null.</summary>
    public long? OptionalInteger(string name, NumberRange? range = null) =>
        FindNotNull(name) is { } value ? ReadInteger(name, value, range) : null;

    /// <summary>An integer that may be absent but not null.</summary>
    public long IntegerOr(string name, long absent, NumberRange? range = null) =>
        _fields.Find(name) is { } value ? ReadInteger(name, value, range) ?? absent : absent;

    /// <summary>A boolean, or null if absent or null.</summary>
    public bool? OptionalBoolean(string name) => FindNotNull(name) is { } value ? ReadBoolean(name, value) : null;

    /// <summary>A boolean that may be absent but not null.</summary>
    public bool BooleanOr(string name, bool absent) => _fields.Find(name) is { } value ? ReadBoolean(name, value) ?? absent : absent;

    /// <summary>True if the field has failed already.</summary>
    public bool Failed(string name) => _problems.Exists(problem => problem.Name == name);

    /// <summary>Adds a failure that the caller found.</summary>
    public void Fail(string type, string name, string message, string? context = null) =>
        Fail(type, name, message, _fields.Echo(name), context);

    /// <summary>Adds a failure of a string that is none of <paramref name="choices"/>.</summary>
    public void FailChoice(string name, IReadOnlyList<string> choices)
    {
        var quoted = choices.Select(choice => $"'{choice}'").ToArray();
        var expected = quoted.Length == 1 ? quoted[0] : $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
        Fail("enum", name, $"Input should be {expected}", ApiJson.Serialize(new { expected }));
    }

    /// <summary>The text of a JSON string, or "" if it is not valid Unicode.</summary>
    internal static string ReadText(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private void Fail(string type, string name, string message, string? input, string? context) =>
        _problems.Add(new InvalidField(type, [_place, name], message, input, context));

    private JsonElement? FindNotNull(string name) => _fields.Find(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private string? ReadString(string name, JsonElement value, int maxLength)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Fail("string_type", name, "Input should be a valid string");
            return null;
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Fail("string_unicode", name, "Input should be a valid string, unable to parse raw data as a unicode string");
            return null;
        }

        if (CodePoints.Count(text) > maxLength)
            Fail("string_too_long", name, $"String should have at most {maxLength} characters", $$"""{"max_length":{{maxLength}}}""");
        return text;
    }

    private double? ReadNumber(string name, JsonElement value, NumberRange range)
    {
        var (number, problem) = NumberValue.Parse(value);
        if (problem is { } failed)
        {
            Fail(failed.Type, name, failed.Message);
            return null;
        }

        CheckRange(name, number, range, "0.0###");
        return number;
    }

    private long? ReadInteger(string name, JsonElement value, NumberRange? range)
    {
        var (integer, problem) = IntegerValue.Parse(value);
        if (problem is { } failed)
        {
            Fail(failed.Type, name, failed.Message);
            return null;
        }

        if (range is { } limits) CheckRange(name, integer, limits, "0");
        return integer;
    }

    /// <param name="name">The field's name.</param>
    /// <param name="number">Its value.</param>
    /// <param name="range">The accepted values.</param>
    /// <param name="format">The format of a bound in the context; the message has the shortest form.</param>
    private void CheckRange(string name, double number, NumberRange range, string format)
    {
        if (number < range.Min)
        {
            var context = $$"""{"ge":{{Format(range.Min, format)}}}""";
            Fail("greater_than_equal", name, $"Input should be greater than or equal to {Format(range.Min)}", context);
        }
        else if (number > range.Max)
        {
            var context = $$"""{"le":{{Format(range.Max, format)}}}""";
            Fail("less_than_equal", name, $"Input should be less than or equal to {Format(range.Max)}", context);
        }
    }

    private bool? ReadBoolean(string name, JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number or JsonValueKind.String))
        {
            Fail("bool_type", name, "Input should be a valid boolean");
            return null;
        }

        if (BooleanValue.Parse(value) is { } boolean) return boolean;
        Fail("bool_parsing", name, "Input should be a valid boolean, unable to interpret input");
        return null;
    }

    private static string Format(double bound, string? format = null) => bound.ToString(format, CultureInfo.InvariantCulture);
}
