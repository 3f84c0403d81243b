using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// A <see cref="HostOperator"/> as ONNX Runtime's C API describes one: the fields of OrtCustomOp in their order, then those of this
/// program. It is also the kernel of every node. No exception leaves a function.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomOp
{
    private const int Required = 0;
    private const int DefaultMemory = 0;

    private uint _version;
    private readonly nint _createKernel;
    private delegate* unmanaged<CustomOp*, byte*> _getName;
    private delegate* unmanaged<CustomOp*, byte*> _getExecutionProviderType;
    private delegate* unmanaged<CustomOp*, nuint, int> _getInputType;
    private delegate* unmanaged<CustomOp*, nuint> _getInputTypeCount;
    private delegate* unmanaged<CustomOp*, nuint, int> _getOutputType;
    private delegate* unmanaged<CustomOp*, nuint> _getOutputTypeCount;
    private readonly nint _kernelCompute;
    private delegate* unmanaged<CustomOp*, void> _kernelDestroy;
    private delegate* unmanaged<CustomOp*, nuint, int> _getInputCharacteristic;
    private delegate* unmanaged<CustomOp*, nuint, int> _getOutputCharacteristic;
    private delegate* unmanaged<CustomOp*, nuint, int> _getInputMemoryType;
    private readonly nint _getVariadicInputMinArity;
    private readonly nint _getVariadicInputHomogeneity;
    private readonly nint _getVariadicOutputMinArity;
    private readonly nint _getVariadicOutputHomogeneity;
    private delegate* unmanaged<CustomOp*, nint, nint, CustomOp**, nint> _createKernelV2;
    private delegate* unmanaged<CustomOp*, nint, nint> _kernelComputeV2;
    private readonly nint _inferOutputShape;
    private readonly nint _getStartVersion;
    private readonly nint _getEndVersion;
    private readonly nint _getMayInplace;
    private readonly nint _releaseMayInplace;
    private readonly nint _getAliasMap;
    private readonly nint _releaseAliasMap;

    private byte* _name;
    private GCHandle<HostOperator> _operator;

    /// <summary>A description in native memory. It is never released: sessions refer to it as long as they live.</summary>
    public static CustomOp* Create(HostOperator host)
    {
        var op = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        *op = new CustomOp
        {
            _version = OrtNative.ApiVersion,
            _getName = &GetName,
            _getExecutionProviderType = &GetExecutionProviderType,
            _getInputType = &GetInputType,
            _getInputTypeCount = &GetInputCount,
            _getOutputType = &GetOutputType,
            _getOutputTypeCount = &GetOutputCount,
            _kernelDestroy = &DestroyKernel,
            _getInputCharacteristic = &GetCharacteristic,
            _getOutputCharacteristic = &GetCharacteristic,
            _getInputMemoryType = &GetMemoryType,
            _createKernelV2 = &CreateKernel,
            _kernelComputeV2 = &Compute,
            _name = (byte*)Marshal.StringToCoTaskMemUTF8(host.Name),
            _operator = new GCHandle<HostOperator>(host),
        };
        return op;
    }

    [UnmanagedCallersOnly]
    private static nint Compute(CustomOp* kernel, nint context)
    {
        try
        {
            kernel->_operator.Target.Compute(new KernelContext(context));
            return 0;
        }
        catch (Exception cause)
        {
            return OrtNative.Failure(cause.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static nint CreateKernel(CustomOp* op, nint api, nint info, CustomOp** kernel)
    {
        *kernel = op;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static void DestroyKernel(CustomOp* kernel)
    {
    }

    [UnmanagedCallersOnly]
    private static byte* GetName(CustomOp* op) => op->_name;

    /// <summary>Null: the CPU provider.</summary>
    [UnmanagedCallersOnly]
    private static byte* GetExecutionProviderType(CustomOp* op) => null;

    [UnmanagedCallersOnly]
    private static nuint GetInputCount(CustomOp* op) => (nuint)op->_operator.Target.Inputs.Count;

    [UnmanagedCallersOnly]
    private static nuint GetOutputCount(CustomOp* op) => (nuint)op->_operator.Target.Outputs.Count;

    [UnmanagedCallersOnly]
    private static int GetInputType(CustomOp* op, nuint index) => (int)op->_operator.Target.Inputs[(int)index];

    [UnmanagedCallersOnly]
    private static int GetOutputType(CustomOp* op, nuint index) => (int)op->_operator.Target.Outputs[(int)index];

    [UnmanagedCallersOnly]
    private static int GetCharacteristic(CustomOp* op, nuint index) => Required;

    [UnmanagedCallersOnly]
    private static int GetMemoryType(CustomOp* op, nuint index) => DefaultMemory;
}
