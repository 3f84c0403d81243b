namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>The folder of quantised weights of one run of the tests.</summary>
internal static class TestCache
{
    private static readonly Lazy<string> Created = new(Create);

    public static string Folder => Created.Value;

    private static string Create()
    {
        var folder = Directory.CreateTempSubdirectory("dia-test-cache-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
