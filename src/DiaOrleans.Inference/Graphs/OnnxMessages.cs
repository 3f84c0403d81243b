using System.Globalization;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>Writes the messages of onnx.proto; the numbers are its field numbers.</summary>
internal static class OnnxMessages
{
    private const long ExternalData = 1;
    private const long FloatAttribute = 1;
    private const long IntegerAttribute = 2;
    private const long StringAttribute = 3;
    private const long IntegersAttribute = 7;

    /// <summary>ValueInfoProto of a tensor; a dimension is a number or a name.</summary>
    public static void ValueInfo(ProtoWriter info, string value, OnnxType type, object[] dims)
    {
        info.String(1, value);
        info.Message(2, t => t.Message(1, tensor =>
        {
            tensor.Integer(1, (long)type);
            tensor.Message(2, shape =>
            {
                foreach (var dim in dims) shape.Message(1, d => Dimension(d, dim));
            });
        }));
    }

    /// <summary>TensorProto whose bytes are in the model.</summary>
    public static void InlineTensor(ProtoWriter t, string name, OnnxType type, ReadOnlySpan<byte> data, long[] dims)
    {
        foreach (var dim in dims) t.Integer(1, dim);
        t.Integer(2, (long)type);
        t.String(8, name);
        t.Bytes(9, data);
    }

    /// <summary>TensorProto whose bytes are in a checkpoint's file.</summary>
    public static void ExternalTensor(ProtoWriter t, string name, OnnxType type, TensorEntry tensor, long[] dims)
    {
        foreach (var dim in dims) t.Integer(1, dim);
        t.Integer(2, (long)type);
        t.String(8, name);
        Entry("location", Path.GetFileName(tensor.File));
        Entry("offset", tensor.Offset.ToString(CultureInfo.InvariantCulture));
        Entry("length", tensor.Length.ToString(CultureInfo.InvariantCulture));
        t.Integer(14, ExternalData);

        void Entry(string key, string value) => t.Message(13, e =>
        {
            e.String(1, key);
            e.String(2, value);
        });
    }

    /// <summary>AttributeProto of a float, an integer, a string or integers.</summary>
    public static void Attribute(ProtoWriter a, string name, object value)
    {
        a.String(1, name);
        switch (value)
        {
            case float f:
                a.Float(2, f);
                a.Integer(20, FloatAttribute);
                break;
            case long or int:
                a.Integer(3, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                a.Integer(20, IntegerAttribute);
                break;
            case string s:
                a.String(4, s);
                a.Integer(20, StringAttribute);
                break;
            case long[] list:
                foreach (var item in list) a.Integer(8, item);
                a.Integer(20, IntegersAttribute);
                break;
            default:
                throw new ArgumentException(
                    $"Attribute {name} is a {value.GetType()}; expected a float, integer, string or integers.",
                    nameof(value));
        }
    }

    /// <summary>OperatorSetIdProto.</summary>
    public static void Opset(ProtoWriter opset, string domain, long version)
    {
        opset.String(1, domain);
        opset.Integer(2, version);
    }

    private static void Dimension(ProtoWriter d, object dim)
    {
        if (dim is string symbol) d.String(2, symbol);
        else d.Integer(1, Convert.ToInt64(dim, CultureInfo.InvariantCulture));
    }
}
