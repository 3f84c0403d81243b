using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Serving;

/// <summary>Makes ONNX Runtime sessions from graphs in memory.</summary>
internal static class Sessions
{
    public static InferenceSession Create(GraphModel graph, int threads)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            IntraOpNumThreads = threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Weights are prepacked at load, so the arena would only hold on to the memory of the largest prompt ever seen.
        options.EnableCpuMemArena = true;
        if (graph.WeightFolder is { } folder) options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        return new InferenceSession(graph.Bytes, options);
    }
}
