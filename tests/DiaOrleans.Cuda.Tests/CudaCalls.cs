using System.Globalization;

namespace DiaOrleans.Cuda.Tests;

/// <summary>Calls of CUDA's libraries, by kind and name.</summary>
public sealed class CudaCalls
{
    private readonly List<Entry> _entries = [];

    /// <summary>Reads the report of the stand-ins.</summary>
    public static CudaCalls Parse(string report)
    {
        var calls = new CudaCalls();
        foreach (var line in report.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            calls._entries.Add(new Entry(fields[0], fields[1], Number(fields[2]), Number(fields[3])));
        }

        return calls;
    }

    /// <summary>Calls of a kind whose name contains <paramref name="name"/>.</summary>
    public int Count(string kind, string name = "") => Matching(kind, name).Sum(e => e.Total);

    /// <summary>Those of them that were made while a graph was captured.</summary>
    public int Captured(string kind, string name = "") => Matching(kind, name).Sum(e => e.Captured);

    public override string ToString() =>
        string.Join('\n', _entries.OrderBy(e => e.Kind, StringComparer.Ordinal).ThenByDescending(e => e.Total));

    private IEnumerable<Entry> Matching(string kind, string name) => _entries.Where(e => e.Kind == kind && e.Name.Contains(name));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Entry(string Kind, string Name, int Total, int Captured)
    {
        public override string ToString() => $"{Kind} {Name}: {Total}, captured {Captured}";
    }
}
