namespace DiaOrleans.Cuda.Tests;

/// <summary>The folder of the repository.</summary>
internal static class Repository
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DiaOrleans.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run in a clone of the repository.");
    }
}
