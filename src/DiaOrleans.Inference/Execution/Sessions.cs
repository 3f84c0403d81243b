using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

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
        if (graph.WeightFolder is { } folder) options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        try
        {
            return new InferenceSession(graph.Bytes, options);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new CheckpointException($"{graph.WeightFolder}: ONNX Runtime refuses the model: {problem.Message}", problem);
        }
    }
}
