using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// ONNX Runtime's C API (onnxruntime_c_api.h), for what the managed package does not offer. It is the library that the managed package has
/// loaded.
/// </summary>
internal static unsafe class OrtNative
{
    /// <summary>Version of the C API: the first one in which all functions that are used here exist (1.17).</summary>
    public const uint ApiVersion = 17;

    private const int Fail = 1;

    /// <summary>Its functions.</summary>
    public static OrtApi* Api { get; } = Load();

    /// <summary>Throws if a function has failed.</summary>
    /// <exception cref="InvalidOperationException">It has; the message is ONNX Runtime's.</exception>
    public static void Check(nint status)
    {
        if (status == 0) return;
        var message = ((delegate* unmanaged<nint, byte*>)Api->GetErrorMessage)(status);
        var text = Marshal.PtrToStringUTF8((nint)message);
        ((delegate* unmanaged<nint, void>)Api->ReleaseStatus)(status);
        throw new InvalidOperationException($"ONNX Runtime: {text}");
    }

    /// <summary>The status of a failed call, for ONNX Runtime, which releases it.</summary>
    public static nint Failure(string message)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(message + '\0'))
            return ((delegate* unmanaged<int, byte*, nint>)Api->CreateStatus)(Fail, text);
    }

    private static OrtApi* Load()
    {
        var library = NativeLibrary.Load("onnxruntime", typeof(OrtApi).Assembly, searchPath: null);
        var getBase = (delegate* unmanaged<OrtApiBase*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        return ((delegate* unmanaged<uint, OrtApi*>)getBase()->GetApi)(ApiVersion);
    }
}
