using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// Reads the pickle of a torch state dict. A pickle is a program: only the instructions and the three kinds of global that a state dict
/// needs are implemented, and no other name is resolved.
/// </summary>
internal sealed class Unpickler(byte[] pickle, string path)
{
    private static readonly object Mark = new();
    private static readonly object Rebuild = new();
    private static readonly object OrderedDictionary = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    public object? Read()
    {
        try
        {
            while (true)
            {
                var code = pickle[_at++];
                if (code == (byte)'.') return Pop();
                Execute(code);
            }
        }
        catch (Exception problem) when (problem is not CheckpointException)
        {
            // The stack holds what the file says, of any type: indexes, casts and null references can all fail.
            throw Bad("it is damaged", problem);
        }
    }

    private void Execute(byte code)
    {
        switch ((char)code)
        {
            case '\u0080': _at++; break;
            case '}': Push(new Dictionary<object, object?>()); break;
            case ']': Push(new List<object?>()); break;
            case ')': Push(Array.Empty<object?>()); break;
            case '(': Push(Mark); break;
            case 'N': Push(null); break;
            case '\u0088': Push(true); break;
            case '\u0089': Push(false); break;
            case 'K': Push((long)pickle[_at++]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case '\u008a': Push(checked((long)new BigInteger(Take(pickle[_at++])))); break;
            case 'X': Push(Encoding.UTF8.GetString(Take(checked((int)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))))); break;
            case 'U': Push(Encoding.UTF8.GetString(Take(pickle[_at++]))); break;
            case 'q': _memo[pickle[_at++]] = Top; break;
            case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top; break;
            case 'h': Push(Recall(pickle[_at++])); break;
            case 'j': Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 'c': Push(Global(Line(), Line())); break;
            case 't': Push(PopToMark().ToArray()); break;
            case '\u0085': PushTuple(1); break;
            case '\u0086': PushTuple(2); break;
            case '\u0087': PushTuple(3); break;
            case 'Q': Push(Storage((object?[])Pop()!)); break;
            case 'R': Reduce(); break;
            case 'b': Pop(); break;
            case 's': SetItems([Pop(), Pop()], reversed: true); break;
            case 'u': SetItems(PopToMark(), reversed: false); break;
            case 'a': ((List<object?>)_stack[^2]!).Add(Top); Pop(); break;
            case 'e': AppendItems(); break;
            default: throw Bad($"instruction 0x{code:x2} at byte {_at - 1} is not one that a state dict needs");
        }
    }

    private object Global(string module, string name)
    {
        if (module == "torch._utils" && name == "_rebuild_tensor_v2") return Rebuild;
        if (module == "collections" && name == "OrderedDict") return OrderedDictionary;
        if (module == "torch" && StorageType(name) is { } type) return type;
        throw Bad($"it names {module}.{name}, which is not allowed");
    }

    private static ElementType? StorageType(string name) => name switch
    {
        "DoubleStorage" => ElementType.F64,
        "FloatStorage" => ElementType.F32,
        "HalfStorage" => ElementType.F16,
        "BFloat16Storage" => ElementType.BF16,
        "LongStorage" => ElementType.I64,
        "IntStorage" => ElementType.I32,
        "ShortStorage" => ElementType.I16,
        "CharStorage" => ElementType.I8,
        "ByteStorage" => ElementType.U8,
        "BoolStorage" => ElementType.Bool,
        _ => null,
    };

    private TorchStorage Storage(object?[] id) => id is ["storage", ElementType type, string key, _, long count]
        ? new TorchStorage(type, key, count)
        : throw Bad("a persistent id is not a storage");

    private void Reduce()
    {
        var arguments = (object?[])Pop()!;
        var function = Pop();
        if (ReferenceEquals(function, OrderedDictionary)) Push(new Dictionary<object, object?>());
        else if (ReferenceEquals(function, Rebuild)) Push(RebuildTensor(arguments));
        else throw Bad("it calls a function that a state dict does not need");
    }

    private TorchTensor RebuildTensor(object?[] arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, object?[] size, object?[] stride, ..])
            throw Bad("the arguments of a tensor are damaged");
        return new TorchTensor(storage, offset, [.. size.Select(d => (long)d!)], [.. stride.Select(d => (long)d!)]);
    }

    private void SetItems(List<object?> items, bool reversed)
    {
        var target = (Dictionary<object, object?>)Top!;
        if (items.Count % 2 != 0) throw Bad("it is damaged");
        for (var i = 0; i < items.Count; i += 2) target[(reversed ? items[i + 1] : items[i])!] = reversed ? items[i] : items[i + 1];
    }

    private void AppendItems()
    {
        var items = PopToMark();
        ((List<object?>)Top!).AddRange(items);
    }

    private void PushTuple(int count)
    {
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        Push(items);
    }

    private List<object?> PopToMark()
    {
        var mark = _stack.FindLastIndex(item => ReferenceEquals(item, Mark));
        var items = _stack.GetRange(mark + 1, _stack.Count - mark - 1);
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private object? Recall(uint key) => _memo.TryGetValue(key, out var value) ? value : throw Bad("it is damaged");

    private object? Top => _stack[^1];

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        var top = Top;
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var bytes = pickle.AsSpan(_at, count);
        _at += count;
        return bytes;
    }

    private string Line()
    {
        var end = Array.IndexOf(pickle, (byte)'\n', _at);
        var line = Encoding.ASCII.GetString(pickle, _at, end - _at);
        _at = end + 1;
        return line;
    }

    private CheckpointException Bad(string what, Exception? cause = null) => new($"{path}: the pickle cannot be read: {what}.", cause);
}

/// <summary>A file of the ZIP that holds elements.</summary>
internal sealed record TorchStorage(ElementType Type, string Key, long Count);

/// <summary>A view of a storage, in elements.</summary>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Size, long[] Stride);
