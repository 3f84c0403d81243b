namespace DiaOrleans.Server.Hosting;

/// <summary>The folder in which CUDA keeps kernels that it has compiled for the GPU of this machine.</summary>
internal static class CudaCache
{
    private const string Variable = "CUDA_CACHE_PATH";

    /// <summary>
    /// Keeps it in the data folder, and not in the user's home, unless the variable names another. Call it before CUDA is loaded.
    /// </summary>
    public static void KeepIn(string data)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            NativeEnvironment.Set(Variable, Path.Combine(data, "cuda"));
    }
}
