namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// The parts of the time axis that an operator works on one by one, so that what lies between its input and its output stays in a core's
/// cache.
/// </summary>
internal readonly struct TimeParts
{
    // Floats that fit a core's second cache.
    private const int CacheFloats = 1 << 16;

    private const int Longest = 1024;

    // Floats of a line of the cache.
    private const int Line = 16;

    private readonly int _time;
    private readonly int _length;

    /// <param name="time">Elements along time.</param>
    /// <param name="rows">Rows of scratch memory of a part.</param>
    public TimeParts(int time, int rows)
    {
        _time = time;
        _length = Math.Clamp(CacheFloats / rows / Convolution.Times * Convolution.Times, Convolution.Times, Longest);
        Count = (time + _length - 1) / _length;
    }

    /// <summary>Number of parts.</summary>
    public int Count { get; }

    /// <summary>The first element of a part.</summary>
    public int Start(int index) => index * _length;

    /// <summary>Elements of a part.</summary>
    public int Length(int index) => Math.Min(_length, _time - Start(index));

    /// <summary>The length rounded up to what <see cref="Convolution"/> computes.</summary>
    public int Whole(int index) => Round(Length(index), Convolution.Times);

    /// <summary>Elements of a row that has so many more than <paramref name="whole"/>, rounded up to lines of the cache.</summary>
    public static int Wide(int whole, int more) => Round(whole + more, Line);

    /// <summary>Floats of scratch memory for <paramref name="count"/> of them from <see cref="Align"/> on.</summary>
    public static int Scratch(int count) => count + Line;

    /// <summary>The first line of the cache in scratch memory.</summary>
    public static unsafe float* Align(float* memory) => (float*)(((nint)memory + (Line - 1) * sizeof(float)) & -(Line * sizeof(float)));

    private static int Round(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
