namespace DiaOrleans.Inference.Tests.Checkpoints;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dia-checkpoint-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A copy of another folder's files.</summary>
    public static TempFolder CopyOf(string folder)
    {
        var copy = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(folder)) System.IO.File.Copy(file, copy.File(System.IO.Path.GetFileName(file)));
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
