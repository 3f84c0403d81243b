using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Native;

/// <summary>Finds the system's audio libraries, each looked for once. All of them are optional: what misses one says so by <see cref="WhyMissing"/>.</summary>
internal static class NativeLibraries
{
    private static readonly ConcurrentDictionary<NativeLibraryName, nint> Handles = new();

    // Homebrew's folders are not on macOS' own search path.
    private static readonly string[] Folders = OperatingSystem.IsMacOS() ? ["", "/opt/homebrew/lib/", "/usr/local/lib/"] : [""];

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    public static bool TryLoad(NativeLibraryName name, out nint handle)
    {
        handle = Handles.GetOrAdd(name, Load);
        return handle != 0;
    }

    /// <summary>Null when the library is there; else a sentence that says how to get it.</summary>
    public static string? WhyMissing(NativeLibraryName name)
    {
        if (TryLoad(name, out _)) return null;
        var facts = NativeLibraryFacts.Of(name);
        return $"The library {facts.Title} is not installed (Debian package {facts.Package}).";
    }

    /// <summary>Loads the library before its first call.</summary>
    /// <exception cref="DllNotFoundException">It is not there; the message says how to get it.</exception>
    public static void Require(NativeLibraryName name)
    {
        if (WhyMissing(name) is { } sentence) throw new DllNotFoundException(sentence);
    }

    /// <summary>What the library says of itself; null when it is not there or does not say.</summary>
    public static unsafe string? Version(NativeLibraryName name)
    {
        var facts = NativeLibraryFacts.Of(name);
        if (!TryLoad(name, out var handle) || !NativeLibrary.TryGetExport(handle, facts.Version, out var symbol)) return null;
        var text = facts.VersionIsVariable ? *(nint*)symbol : ((delegate* unmanaged[Cdecl]<nint>)symbol)();
        return Marshal.PtrToStringUTF8(text);
    }

    private static nint Load(NativeLibraryName name)
    {
        foreach (var file in NativeLibraryFacts.Of(name).Files)
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
