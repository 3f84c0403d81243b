namespace DiaOrleans.Inference.Kernels;

/// <summary>What a convolution reads and writes.</summary>
internal unsafe struct ConvolutionWork
{
    /// <summary>Rows of the input, one a channel.</summary>
    public float* X;
    /// <summary>Elements from one row of the input to the next.</summary>
    public long XStride;
    /// <summary>Channels of the input.</summary>
    public int Inputs;
    /// <summary>[outputs / 4, inputs, taps, 4].</summary>
    public float* Weights;
    /// <summary>[outputs].</summary>
    public float* Bias;
    /// <summary>Elements of the kernel.</summary>
    public int Taps;
    /// <summary>Elements of the input from one tap to the next.</summary>
    public int Dilation;
    /// <summary>Rows of the output, one a channel.</summary>
    public float* Y;
    /// <summary>Elements from one row of the output to the next.</summary>
    public long YStride;
    /// <summary>Elements from one vector of an output's row to the next; 16 if the row has no others.</summary>
    public long YStep;
    /// <summary>Whether the output is added to what is there.</summary>
    public bool Adds;
    /// <summary>Channels of the output, a multiple of 4.</summary>
    public int Outputs;
}
