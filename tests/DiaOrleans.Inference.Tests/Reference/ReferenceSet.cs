namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>Where the golden vectors are: the folder that DIA_REFERENCE names, else tests/reference of this repository.</summary>
internal static class ReferenceSet
{
    public static string Repository { get; } = FindRepository();

    public static string Folder { get; } = Environment.GetEnvironmentVariable("DIA_REFERENCE") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(Repository, "tests", "reference");

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DiaOrleans.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No DiaOrleans.sln above {AppContext.BaseDirectory}.");
    }
}
