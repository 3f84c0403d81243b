using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Models.Hub;

/// <summary>Name of a model on a hub, such as nari-labs/Dia-1.6B-0626. Both parts are valid names of folders on every system.</summary>
internal sealed partial record ModelId
{
    private ModelId(string owner, string name)
    {
        Owner = owner;
        Name = name;
    }

    /// <summary>Who publishes it.</summary>
    public string Owner { get; }

    /// <summary>Its name among those of its owner.</summary>
    public string Name { get; }

    /// <summary>The parts in one file name.</summary>
    public string FileName => $"{Owner}--{Name}";

    /// <summary>The id of a <see cref="FileName"/>; null if it is none. An owner has no two hyphens side by side.</summary>
    public static ModelId? FromFileName(string name)
    {
        var parts = name.Split("--", 2);
        return parts.Length == 2 && TryParse($"{parts[0]}/{parts[1]}", out var id) ? id : null;
    }

    /// <summary>Reads an id: owner/name, of letters, digits, dots, hyphens and underscores.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ModelId? id)
    {
        id = Form().Match(text ?? "") is { Success: true } match ? new ModelId(match.Groups[1].Value, match.Groups[2].Value) : null;
        return id is not null;
    }

    /// <summary>owner/name.</summary>
    public override string ToString() => $"{Owner}/{Name}";

    [GeneratedRegex(@"^([A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9_-])?)/([A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9_-])?)\z", RegexOptions.ECMAScript)]
    private static partial Regex Form();
}
