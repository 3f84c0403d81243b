using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Native;

/// <summary>Loads the system's audio libraries, all of which are optional. Each is looked for once per process.</summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<NativeLibraryName, nint> Handles = new();

    // Homebrew's folders are not on the search path of macOS.
    private static readonly string[] Folders = OperatingSystem.IsMacOS() ? ["", "/opt/homebrew/lib/", "/usr/local/lib/"] : [""];

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Loads a library; false if it is not installed.</summary>
    public static bool TryLoad(NativeLibraryName name, out nint handle)
    {
        handle = Handles.GetOrAdd(name, key => LoadFirst(NativeLibraryFacts.Get(key).Files));
        return handle != 0;
    }

    /// <summary>Null if the library is installed; else a sentence that names its Debian package.</summary>
    public static string? WhyMissing(NativeLibraryName name)
    {
        if (TryLoad(name, out _)) return null;
        var facts = NativeLibraryFacts.Get(name);
        return $"The library {facts.Title} is not installed (Debian package {facts.Package}).";
    }

    /// <summary>Loads a library before its first call.</summary>
    /// <exception cref="DllNotFoundException">It is not installed; the message names its Debian package.</exception>
    public static void Require(NativeLibraryName name)
    {
        if (WhyMissing(name) is { } reason) throw new DllNotFoundException(reason);
    }

    /// <summary>The version that a library reports; null if it is not installed or reports none.</summary>
    public static unsafe string? Version(NativeLibraryName name)
    {
        var facts = NativeLibraryFacts.Get(name);
        if (!TryLoad(name, out var handle) || !NativeLibrary.TryGetExport(handle, facts.Version, out var symbol)) return null;
        var text = facts.VersionIsVariable ? *(nint*)symbol : ((delegate* unmanaged[Cdecl]<nint>)symbol)();
        return Marshal.PtrToStringUTF8(text);
    }

    /// <summary>
    /// The handle of the first file that can be loaded; 0 if none can. They are loaded by a thread of their own: a library that is linked
    /// with -ffast-math, as Debian's SoundTouch is, sets the thread that loads it, and those that this one starts later, to take subnormal
    /// numbers for zero, and a model computes other logits there.
    /// </summary>
    /// <param name="files">Names or paths.</param>
    internal static nint LoadFirst(IReadOnlyList<string> files)
    {
        nint handle = 0;
        var loader = new Thread(() => handle = Load(files));
        loader.Start();
        loader.Join();
        return handle;
    }

    private static nint Load(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            foreach (var folder in Folders)
            {
                if (NativeLibrary.TryLoad(folder + file, typeof(NativeLibraries).Assembly, null, out var handle)) return handle;
            }
        }

        return 0;
    }

    private static nint Resolve(string import, Assembly assembly, DllImportSearchPath? path) =>
        Enum.TryParse<NativeLibraryName>(import, out var name) && TryLoad(name, out var handle) ? handle : 0;
}
