namespace DiaOrleans.Inference.Kernels;

/// <summary>Element types of a <see cref="HostOperator"/>'s tensors, numbered as ONNXTensorElementDataType.</summary>
internal enum ElementType
{
    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>32-bit integer.</summary>
    Int32 = 6,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,
}
