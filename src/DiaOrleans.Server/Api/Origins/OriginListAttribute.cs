using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>A list of origins: a scheme and a host, perhaps with a port; or <c>*</c>, or <c>null</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginListAttribute()
    : ValidationAttribute("origins such as https://app.example, separated by commas, or *")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is IEnumerable<string> origins && origins.All(IsOrigin);

    private static bool IsOrigin(string text) =>
        text is OriginOptions.All or OriginOptions.None
        || (text.Split("://") is [{ Length: > 0 }, { Length: > 0 } host] && !host.Contains('/'));
}
