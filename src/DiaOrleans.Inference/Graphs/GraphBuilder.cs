using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Builds one ONNX graph in memory. Values are named by strings, as in ONNX; an empty name is an absent optional input. Weights stay in the
/// checkpoint's files: the model holds their offsets (onnx.proto, TensorProto.external_data).
/// </summary>
/// <param name="name">Name of the graph.</param>
/// <param name="activation">
/// Float type that the graph computes in: of its activations, and of weights and constants once they are read.
/// </param>
internal sealed class GraphBuilder(string name, OnnxType activation)
{
    /// <summary>Domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    private const int OnnxIrVersion = 10;
    private const int OnnxOpset = 23;

    private readonly ProtoWriter _graph = new();
    private readonly HashSet<string> _weights = [];
    private string? _folder;
    private int _values;

    /// <summary>Float type that the graph computes in.</summary>
    public OnnxType Activation => activation;

    /// <summary>Declares a graph input; a dimension is a number or a name.</summary>
    public string Input(string value, OnnxType type, params object[] dims)
    {
        _graph.Message(11, info => OnnxMessages.ValueInfo(info, value, type, dims));
        return value;
    }

    /// <summary>Gives <paramref name="value"/> the name <paramref name="output"/> and declares it a graph output.</summary>
    public void Output(string output, string value, OnnxType type, params object[] dims)
    {
        Emit("Identity", [value], [output], "", []);
        DeclareOutput(output, type, dims);
    }

    /// <summary>Declares an output that a node already writes under that name.</summary>
    public void DeclareOutput(string output, OnnxType type, params object[] dims) =>
        _graph.Message(12, info => OnnxMessages.ValueInfo(info, output, type, dims));

    /// <summary>A node of the ONNX operator set with one output.</summary>
    public string Node(string op, string[] inputs, params (string Name, object Value)[] attributes) => Node(op, "", inputs, attributes);

    /// <summary>A node with one output.</summary>
    public string Node(string op, string domain, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var output = Fresh(op);
        Emit(op, inputs, [output], domain, attributes);
        return output;
    }

    /// <summary>A node whose outputs are named by the caller; an empty name is an output that no node reads.</summary>
    public void Emit(string op, string[] inputs, string[] outputs, string domain, (string Name, object Value)[] attributes) =>
        _graph.Message(1, node =>
        {
            foreach (var input in inputs) node.String(1, input);
            foreach (var output in outputs) node.String(2, output);
            node.String(3, $"{op}_{_values++}");
            node.String(4, op);
            foreach (var attribute in attributes) node.Message(5, a => OnnxMessages.Attribute(a, attribute.Name, attribute.Value));
            if (domain.Length > 0) node.String(7, domain);
        });

    /// <summary>A name that no other value has.</summary>
    public string Fresh(string hint) => $"{hint}_{_values++}";

    /// <summary>A constant of the activation type inside the model.</summary>
    public string Constant(ReadOnlySpan<float> values, params long[] dims) => Constant(activation, values, dims);

    /// <summary>A constant of a float type inside the model.</summary>
    public string Constant(OnnxType type, ReadOnlySpan<float> values, params long[] dims) =>
        Inline(type, OnnxElements.Narrow(values, type), dims);

    /// <summary>A constant of one element and the activation type inside the model.</summary>
    public string Scalar(float value) => Constant([value]);

    /// <summary>An int64 vector inside the model.</summary>
    public string Integers(params long[] values) => Inline(OnnxType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);

    /// <summary>A tensor of booleans inside the model.</summary>
    public string Booleans(ReadOnlySpan<bool> values, params long[] dims) => Inline(OnnxType.Bool, MemoryMarshal.AsBytes(values), dims);

    /// <summary>An int32 vector of one element inside the model.</summary>
    public string Int32(int value) => Inline(OnnxType.Int32, MemoryMarshal.AsBytes([value]), [1]);

    /// <summary>A scalar int64 constant inside the model.</summary>
    public string Integer(long value) => Inline(OnnxType.Int64, MemoryMarshal.AsBytes([value]), []);

    /// <summary>A checkpoint's tensor seen as <paramref name="dims"/> (row-major, same count), cast to the activation type.</summary>
    /// <exception cref="CheckpointException">
    /// It lies in another folder than the weights before it, or has a type that is not read.
    /// </exception>
    public string Weight(TensorEntry tensor, params long[] dims)
    {
        var type = tensor.OnnxTypeOf();
        return Cast(External(tensor, type, dims), type, activation);
    }

    /// <summary>A tensor of bytes in a file, seen as <paramref name="dims"/>.</summary>
    /// <exception cref="CheckpointException">It lies in another folder than the weights before it.</exception>
    public string Bytes(TensorEntry tensor, params long[] dims) => External(tensor, OnnxType.UInt8, dims);

    /// <summary>A value of type <paramref name="from"/> as type <paramref name="to"/>; no node if they are the same.</summary>
    public string Cast(string value, OnnxType from, OnnxType to) => from == to ? value : Node("Cast", [value], ("to", (long)to));

    /// <summary>The finished model.</summary>
    public GraphModel Build()
    {
        var model = new ProtoWriter();
        model.Integer(1, OnnxIrVersion);
        model.String(2, "DiaOrleans");
        _graph.String(2, name);
        model.Bytes(7, _graph.ToArray());
        model.Message(8, opset => OnnxMessages.Opset(opset, "", OnnxOpset));
        model.Message(8, opset => OnnxMessages.Opset(opset, Microsoft, 1));
        model.Message(8, opset => OnnxMessages.Opset(opset, HostOperators.Domain, 1));
        return new GraphModel(model.ToArray(), _folder);
    }

    private string External(TensorEntry tensor, OnnxType type, long[] dims)
    {
        var folder = Path.GetDirectoryName(tensor.File)!;
        if ((_folder ??= folder) != folder)
            throw new CheckpointException($"{tensor.File}: weights of one model must lie in one folder; others lie in {_folder}.");

        var key = $"{tensor.Name}[{string.Join(',', dims)}]";
        if (_weights.Add(key)) _graph.Message(5, t => OnnxMessages.ExternalTensor(t, key, type, tensor, dims));
        return key;
    }

    private string Inline(OnnxType type, ReadOnlySpan<byte> data, long[] dims)
    {
        var key = Fresh("const");
        var raw = data.ToArray();
        _graph.Message(5, t => OnnxMessages.InlineTensor(t, key, type, raw, dims));
        return key;
    }
}
