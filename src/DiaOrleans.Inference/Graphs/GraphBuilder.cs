using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Builds one ONNX graph in memory. Values are named by strings, as in ONNX; an empty name is an absent optional input.
/// Weights stay in the checkpoint's files: the model holds their offsets (onnx.proto, TensorProto.external_data).
/// </summary>
internal sealed class GraphBuilder(string name)
{
    public const string Microsoft = "com.microsoft";

    private const int OnnxIrVersion = 10;
    private const int OnnxOpset = 23;

    private readonly ProtoWriter _graph = new();
    private readonly HashSet<string> _weights = [];
    private string? _folder;
    private int _values;

    /// <summary>Declares a graph input; a dimension is a number or a name.</summary>
    public string Input(string value, OnnxType type, params object[] dims)
    {
        _graph.Message(11, info => ValueInfo(info, value, type, dims));
        return value;
    }

    /// <summary>Gives <paramref name="value"/> the name <paramref name="output"/> and declares it a graph output.</summary>
    public void Output(string output, string value, OnnxType type, params object[] dims)
    {
        Emit("Identity", [value], [output], "", []);
        DeclareOutput(output, type, dims);
    }

    /// <summary>Declares an output that a node already writes under that name.</summary>
    public void DeclareOutput(string output, OnnxType type, params object[] dims) => _graph.Message(12, info => ValueInfo(info, output, type, dims));

    /// <summary>A node of the ONNX operator set with one output.</summary>
    public string Node(string op, string[] inputs, params (string Name, object Value)[] attributes) => Node(op, "", inputs, attributes);

    /// <summary>A node with one output.</summary>
    public string Node(string op, string domain, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var output = Fresh(op);
        Emit(op, inputs, [output], domain, attributes);
        return output;
    }

    /// <summary>A node whose outputs are named by the caller; an empty name is an output that nobody reads.</summary>
    public void Emit(string op, string[] inputs, string[] outputs, string domain, (string Name, object Value)[] attributes) => _graph.Message(1, node =>
    {
        foreach (var input in inputs) node.String(1, input);
        foreach (var output in outputs) node.String(2, output);
        node.String(3, $"{op}_{_values++}");
        node.String(4, op);
        foreach (var attribute in attributes) node.Message(5, a => Attribute(a, attribute.Name, attribute.Value));
        if (domain.Length > 0) node.String(7, domain);
    });

    /// <summary>A name that no other value has.</summary>
    public string Fresh(string hint) => $"{hint}_{_values++}";

    /// <summary>A float constant inside the model.</summary>
    public string Constant(ReadOnlySpan<float> values, params long[] dims) => Inline(OnnxType.Float, MemoryMarshal.AsBytes(values), dims);

    /// <summary>A scalar float constant inside the model.</summary>
    public string Scalar(float value) => Constant([value]);

    /// <summary>An int64 constant inside the model; a vector unless <paramref name="dims"/> say otherwise.</summary>
    public string Integers(params long[] values) => Inline(OnnxType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);

    /// <summary>A scalar int64 constant inside the model.</summary>
    public string Integer(long value) => Inline(OnnxType.Int64, MemoryMarshal.AsBytes([value]), []);

    /// <summary>A checkpoint's tensor seen as <paramref name="dims"/> (row-major, same count), widened to fp32.</summary>
    public string Weight(TensorEntry tensor, params long[] dims)
    {
        var folder = Path.GetDirectoryName(tensor.File)!;
        if ((_folder ??= folder) != folder)
            throw new CheckpointException($"{tensor.File}: weights of one model must lie in one folder; others lie in {_folder}.");

        var key = $"{tensor.Name}[{string.Join(',', dims)}]";
        if (_weights.Add(key)) _graph.Message(5, t => External(t, key, tensor, dims));
        return tensor.Type == ElementType.F32 ? key : Node("Cast", [key], ("to", (long)OnnxType.Float));
    }

    /// <summary>The finished model.</summary>
    public GraphModel Build()
    {
        var model = new ProtoWriter();
        model.Integer(1, OnnxIrVersion);
        model.String(2, "DiaOrleans");
        _graph.String(2, name);
        model.Bytes(7, _graph.ToArray());
        model.Message(8, opset => Opset(opset, "", OnnxOpset));
        model.Message(8, opset => Opset(opset, Microsoft, 1));
        return new GraphModel(model.ToArray(), _folder);
    }

    private static void Opset(ProtoWriter opset, string domain, long version)
    {
        opset.String(1, domain);
        opset.Integer(2, version);
    }

    private string Inline(OnnxType type, ReadOnlySpan<byte> data, long[] dims)
    {
        var key = Fresh("const");
        var raw = data.ToArray();
        _graph.Message(5, t =>
        {
            foreach (var dim in dims) t.Integer(1, dim);
            t.Integer(2, (long)type);
            t.String(8, key);
            t.Bytes(9, raw);
        });
        return key;
    }

    private static void External(ProtoWriter t, string key, TensorEntry tensor, long[] dims)
    {
        foreach (var dim in dims) t.Integer(1, dim);
        t.Integer(2, (long)TypeOf(tensor));
        t.String(8, key);
        Entry("location", Path.GetFileName(tensor.File));
        Entry("offset", tensor.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Entry("length", tensor.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        t.Integer(14, 1);

        void Entry(string name, string value) => t.Message(13, e =>
        {
            e.String(1, name);
            e.String(2, value);
        });
    }

    private static OnnxType TypeOf(TensorEntry tensor) => tensor.Type switch
    {
        ElementType.F32 => OnnxType.Float,
        ElementType.F16 => OnnxType.Float16,
        ElementType.BF16 => OnnxType.BFloat16,
        _ => throw new CheckpointException($"{tensor.File}: tensor {tensor.Name} is {tensor.Type}; weights are read as F32, F16 or BF16."),
    };

    private static void ValueInfo(ProtoWriter info, string value, OnnxType type, object[] dims)
    {
        info.String(1, value);
        info.Message(2, t => t.Message(1, tensor =>
        {
            tensor.Integer(1, (long)type);
            tensor.Message(2, shape =>
            {
                foreach (var dim in dims)
                {
                    shape.Message(1, d =>
                    {
                        if (dim is string symbol) d.String(2, symbol);
                        else d.Integer(1, Convert.ToInt64(dim, System.Globalization.CultureInfo.InvariantCulture));
                    });
                }
            });
        }));
    }

    private static void Attribute(ProtoWriter a, string name, object value)
    {
        a.String(1, name);
        switch (value)
        {
            case float f:
                a.Float(2, f);
                a.Integer(20, 1);
                break;
            case long or int:
                a.Integer(3, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                a.Integer(20, 2);
                break;
            case string s:
                a.String(4, s);
                a.Integer(20, 3);
                break;
            case long[] list:
                foreach (var item in list) a.Integer(8, item);
                a.Integer(20, 7);
                break;
            default:
                throw new ArgumentException($"Attribute {name} is a {value.GetType()}; float, integer, string or integers are written.", nameof(value));
        }
    }
}

/// <summary>Element types of onnx.proto that the graphs use.</summary>
internal enum OnnxType
{
    Float = 1,
    Int32 = 6,
    Int64 = 7,
    Float16 = 10,
    BFloat16 = 16,
}
