using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Tests.Native;

public sealed class NativeLibrariesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dia-natives-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Who_loads_a_library_computes_with_subnormal_numbers_as_before()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lists the files of loaded libraries.");
        Assert.SkipUnless(NativeLibraries.TryLoad(NativeLibraryName.SoundTouch, out _), "SoundTouch is not installed.");
        var file = File.ReadLines("/proc/self/maps").First(line => line.Contains("libSoundTouchDll", StringComparison.Ordinal));
        file = file[file.IndexOf('/', StringComparison.Ordinal)..];
        // Copies, because a file that is loaded already does not run its start again.
        var plain = OnThread(() => NativeLibrary.Load(Copy(file, "plain.so")));
        Assert.SkipWhen(plain.KeptAfter, "This build of SoundTouch does not change the thread that loads it.");
        var apart = OnThread(() => NativeLibraries.LoadFirst(["missing.so", Copy(file, "apart.so")]));
        apart.ShouldSatisfyAllConditions(
            thread => thread.KeptBefore.ShouldBeTrue("before"),
            thread => thread.Handle.ShouldNotBe(0, "handle"),
            thread => thread.KeptAfter.ShouldBeTrue("after"));
    }

    [Fact]
    public void Files_that_cannot_be_loaded_give_no_handle() => NativeLibraries.LoadFirst(["missing.so", "none.so"]).ShouldBe(0);

    private string Copy(string file, string name)
    {
        var copy = Path.Combine(_folder, name);
        File.Copy(file, copy);
        return copy;
    }

    /// <summary>Loads on a thread of its own, and says whether subnormal numbers were kept there before and after.</summary>
    private static (bool KeptBefore, nint Handle, bool KeptAfter) OnThread(Func<nint> load)
    {
        (bool, nint, bool) result = default;
        var thread = new Thread(() => result = (KeepsSubnormals(), load(), KeepsSubnormals()));
        thread.Start();
        thread.Join();
        return result;
    }

    private static bool KeepsSubnormals() => Halve(float.Epsilon * 4) > 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Halve(float x) => x * 0.5f;
}
