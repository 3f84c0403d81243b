namespace DiaOrleans.Server.Tests.Docker;

/// <summary>The instructions of a Dockerfile, with continued lines joined.</summary>
internal sealed class ImageFile
{
    private readonly List<(string Name, string Arguments)> _instructions = [];

    /// <param name="name">Name of the file under docker.</param>
    public ImageFile(string name)
    {
        var open = "";
        foreach (var line in DockerFiles.Read(name).Split('\n').Where(line => !line.StartsWith('#')))
        {
            open += line.TrimEnd('\\').Trim() + " ";
            if (line.EndsWith('\\') || line.Length == 0) continue;
            var parts = open.Trim().Split(' ', 2);
            _instructions.Add((parts[0], parts[1]));
            open = "";
        }
    }

    /// <summary>Arguments of all instructions of a name, in order.</summary>
    public string[] All(string name) => [.. _instructions.Where(i => i.Name == name).Select(i => i.Arguments)];

    /// <summary>Arguments of the only instruction of a name.</summary>
    public string Only(string name) => All(name).ShouldHaveSingleItem();

    /// <summary>Variables that the last stage sets.</summary>
    public Dictionary<string, string> Variables() => Pairs(All("ENV")[^1]);

    /// <summary>Labels of the image.</summary>
    public Dictionary<string, string> Labels() => Pairs(Only("LABEL"));

    private static Dictionary<string, string> Pairs(string arguments)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var pair in SplitOutsideQuotes(arguments)) pairs.Add(pair.Split('=', 2)[0], pair.Split('=', 2)[1].Trim('"'));
        return pairs;
    }

    private static IEnumerable<string> SplitOutsideQuotes(string text)
    {
        var quoted = text.Split('"');
        var spaces = string.Join('"', quoted.Select((part, i) => i % 2 == 0 ? part.Replace(' ', '\0') : part));
        return spaces.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
