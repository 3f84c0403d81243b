using System.Globalization;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Reads the fields of one JSON object (or of the query) with FastAPI's coercions and messages, and gathers all that fail; spec/api.md 1.3. A reading method gives its
/// fallback where the field failed: call <see cref="ThrowIfInvalid"/> before using any value.
/// </summary>
internal sealed class FieldReader
{
    /// <summary>The most Unicode code points of a string that has no limit of its own.</summary>
    public const int MaxLength = 65_536;

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

    public void ThrowIfInvalid(params FieldReader[] others)
    {
        List<InvalidField> all = [.. others.SelectMany(o => o._problems), .. _problems];
        if (all.Count > 0) throw ApiProblem.Invalid(all);
    }

    /// <summary>A string that must be there.</summary>
    public string RequiredString(string name, int maxLength = MaxLength)
    {
        if (_fields.Find(name) is { } value) return Text(name, value, maxLength) ?? "";
        Fail("missing", name, "Field required", _fields.EchoAll(), null);
        return "";
    }

    /// <summary>A string, null where absent or null.</summary>
    public string? OptionalString(string name, int maxLength = MaxLength) => Given(name) is { } value ? Text(name, value, maxLength) : null;

    /// <summary>A string, or the string that an object holds under <paramref name="member"/>; null where absent or null.</summary>
    public string? OptionalStringOrMember(string name, string member, int maxLength = MaxLength)
    {
        if (_fields.Within(name) is not { } holder) return OptionalString(name, maxLength);
        return holder.Find(member) is { ValueKind: not JsonValueKind.Null } value ? Text(name, value, maxLength) : null;
    }

    /// <summary>A string that may be absent but not null.</summary>
    public string StringOr(string name, string absent, int maxLength = MaxLength) =>
        _fields.Find(name) is { } value ? Text(name, value, maxLength) ?? absent : absent;

    /// <summary>A number that may be absent but not null.</summary>
    public double NumberOr(string name, double absent, double min, double max) =>
        _fields.Find(name) is { } value ? Number(name, value, min, max) ?? absent : absent;

    public double? OptionalNumber(string name, double min, double max) => Given(name) is { } value ? Number(name, value, min, max) : null;

    public long? OptionalInteger(string name, long min = long.MinValue, long max = long.MaxValue) => Given(name) is { } value ? Integer(name, value, min, max) : null;

    /// <summary>An integer that may be absent but not null.</summary>
    public long IntegerOr(string name, long absent, long min = long.MinValue, long max = long.MaxValue) =>
        _fields.Find(name) is { } value ? Integer(name, value, min, max) ?? absent : absent;

    public bool? OptionalBoolean(string name) => Given(name) is { } value ? Boolean(name, value) : null;

    /// <summary>A boolean that may be absent but not null.</summary>
    public bool BooleanOr(string name, bool absent) => _fields.Find(name) is { } value ? Boolean(name, value) ?? absent : absent;

    /// <summary>Whether that field has failed already.</summary>
    public bool Failed(string name) => _problems.Exists(problem => problem.Name == name);

    /// <summary>Adds a failure that the caller found.</summary>
    public void Fail(string type, string name, string message, string? context = null) =>
        Fail(type, name, message, _fields.Echo(name), context);

    private void Fail(string type, string name, string message, string? input, string? context) =>
        _problems.Add(new InvalidField(type, [_place, name], message, input, context));

    private JsonElement? Given(string name) => _fields.Find(name) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private string? Text(string name, JsonElement value, int maxLength)
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

    private double? Number(string name, JsonElement value, double min, double max)
    {
        double number;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                number = value.GetDouble();
                break;
            case JsonValueKind.String when TryText(value, out var text):
                if (!double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && !TryNotFinite(text, out number))
                {
                    Fail("float_parsing", name, "Input should be a valid number, unable to parse string as a number");
                    return null;
                }

                break;
            default:
                Fail("float_type", name, "Input should be a valid number");
                return null;
        }

        if (!double.IsFinite(number)) Fail("finite_number", name, "Input should be a finite number");
        else if (number < min) Fail("greater_than_equal", name, $"Input should be greater than or equal to {Plain(min)}", $$"""{"ge":{{Decimal(min)}}}""");
        else if (number > max) Fail("less_than_equal", name, $"Input should be less than or equal to {Plain(max)}", $$"""{"le":{{Decimal(max)}}}""");
        return number;
    }

    private long? Integer(string name, JsonElement value, long min, long max)
    {
        var (integer, problem) = IntegerValue.Of(value);
        if (problem is { } failed)
        {
            Fail(failed.Type, name, failed.Message);
            return null;
        }

        if (integer < min) Fail("greater_than_equal", name, $"Input should be greater than or equal to {min}", $$"""{"ge":{{min}}}""");
        else if (integer > max) Fail("less_than_equal", name, $"Input should be less than or equal to {max}", $$"""{"le":{{max}}}""");
        return integer;
    }

    private bool? Boolean(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean();
            case JsonValueKind.Number when value.GetDouble() is 0 or 1:
                return value.GetDouble() == 1;
            case JsonValueKind.String when TryText(value, out var text):
                switch (text.ToLowerInvariant())
                {
                    case "true" or "yes" or "on" or "t" or "y" or "1":
                        return true;
                    case "false" or "no" or "off" or "f" or "n" or "0":
                        return false;
                }

                break;
            case JsonValueKind.Number:
                break;
            default:
                Fail("bool_type", name, "Input should be a valid boolean");
                return null;
        }

        Fail("bool_parsing", name, "Input should be a valid boolean, unable to interpret input");
        return null;
    }

    internal static bool TryText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return true;
        }
    }

    internal static bool TryNotFinite(string text, out double number)
    {
        number = text.Trim().TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity" ? double.NaN : 0;
        return double.IsNaN(number);
    }

    private static string Plain(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Decimal(double value) => value == Math.Floor(value) ? value.ToString("F1", CultureInfo.InvariantCulture) : Plain(value);
}
