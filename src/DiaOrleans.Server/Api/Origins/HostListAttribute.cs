using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>A list of host names, without scheme and port; or <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HostListAttribute()
    : ValidationAttribute("names such as tts.example, without scheme and port, separated by commas, or *")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is IEnumerable<string> hosts && hosts.All(host => !host.AsSpan().ContainsAny('/', ':'));
}
