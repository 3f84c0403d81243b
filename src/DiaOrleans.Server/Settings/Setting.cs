using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace DiaOrleans.Server.Settings;

/// <summary>
/// One setting: a public property of an options class that can be set. Its name is the property's; its rules are the validation attributes
/// of the property. Internal properties of options classes are not settings.
/// </summary>
internal sealed class Setting
{
    private const string VariablePrefix = "DIA_";

    private readonly PropertyInfo _property;
    private readonly string _upper;

    private Setting(PropertyInfo property)
    {
        _property = property;
        _upper = string.Concat(Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : c.ToString())).ToUpperInvariant();
    }

    /// <summary>Name in the settings file: MaxWaitingSeconds.</summary>
    public string Name => _property.Name;

    /// <summary>Name of the environment variable: DIA_MAX_WAITING_SECONDS.</summary>
    public string Variable => VariablePrefix + _upper;

    /// <summary>The options class that has it.</summary>
    public Type Options => _property.DeclaringType!;

    private string Words => _upper.Replace('_', ' ').ToLowerInvariant();

    /// <summary>The settings of options classes.</summary>
    public static IReadOnlyList<Setting> FindAll(IEnumerable<Type> options) =>
    [
        .. from type in options
           from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.SetMethod is { IsPublic: true }
           select new Setting(property),
    ];

    /// <summary>The value that it has in <paramref name="options"/>.</summary>
    public object? GetValue(object options) => _property.GetValue(options);

    /// <summary>Sets the value that a text says.</summary>
    /// <param name="options">An instance of <see cref="Options"/>.</param>
    /// <param name="text">The value.</param>
    /// <param name="origin">Where it comes from, for the exception.</param>
    /// <exception cref="SettingsException">It is not of the setting's type.</exception>
    public void Set(object options, string text, string origin)
    {
        var type = _property.PropertyType;
        if (!SettingText.TryParse(type, text, out var value)) throw Wrong($"'{text}'", SettingText.Describe(type), origin);
        _property.SetValue(options, value);
    }

    /// <summary>Validates the value by the attributes of the property.</summary>
    /// <param name="options">An instance of <see cref="Options"/>.</param>
    /// <param name="text">The text that it was set by, for the exception; null if it was not set by text.</param>
    /// <param name="origin">Where it comes from, for the exception; null if that is not known.</param>
    /// <exception cref="SettingsException">It is not valid.</exception>
    public void Validate(object options, string? text, string? origin)
    {
        var value = GetValue(options);
        foreach (var rule in _property.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value)) throw Wrong(Show(value, text), DescribeRule(rule), origin);
        }
    }

    private SettingsException Wrong(string shown, string expected, string? origin)
    {
        var from = origin is null ? "" : $" It comes from {origin}.";
        return new SettingsException($"{Words} is {shown}; expected {expected}.{from}") { Setting = Name, Origin = origin };
    }

    private static string Show(object? value, string? text) =>
        value is IConvertible and not string ? Invariant(value) : $"'{text ?? value}'";

    private static string DescribeRule(ValidationAttribute rule) =>
        rule is RangeAttribute range ? DescribeRange(range) : rule.FormatErrorMessage("");

    private static string DescribeRange(RangeAttribute range)
    {
        var minimum = Invariant(range.Minimum);
        var maximum = Invariant(range.Maximum);
        return (range.MinimumIsExclusive, range.Maximum is int.MaxValue or double.MaxValue) switch
        {
            (false, false) => $"{minimum} to {maximum}",
            (false, true) => $"{minimum} or more",
            (true, false) => $"more than {minimum}, at most {maximum}",
            (true, true) => $"more than {minimum}",
        };
    }

    private static string Invariant(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
