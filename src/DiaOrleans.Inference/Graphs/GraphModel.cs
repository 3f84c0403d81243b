namespace DiaOrleans.Inference.Graphs;

/// <summary>A serialised ONNX model whose weights stay in the checkpoint's files.</summary>
/// <param name="Bytes">ModelProto, without the weights.</param>
/// <param name="WeightFolder">Folder of every file that the model's external tensors name, or null if it has none.</param>
internal sealed record GraphModel(byte[] Bytes, string? WeightFolder);
