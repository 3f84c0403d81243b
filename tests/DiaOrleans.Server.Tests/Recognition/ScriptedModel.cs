using System.Runtime.InteropServices;
using System.Text;

namespace DiaOrleans.Server.Tests.Recognition;

/// <summary>
/// A Whisper model that is small enough to be made in a test. Its words do not depend on the recording: "hello world." from 0 s to 2 s,
/// because the positions of the decoder select the tokens of a script and all attention weights are 0.
/// </summary>
internal static class ScriptedModel
{
    public const string Text = "hello world.";

    private const int Tokens = 51_865;
    private const int Written = 50_257;
    private const int End = 50_257;
    private const int TimeZero = 50_364;
    private const int State = 64;
    private const int Layers = 4;
    private const int AudioPositions = 1500;
    private const int TextPositions = 448;
    private const int Bands = 80;
    private const int Bins = 201;

    /// <summary>Position of the last of three prompt tokens (start of transcript, language, task): it predicts the first token.</summary>
    private const int Prompt = 2;

    private static readonly string[] Vocabulary = [" ", " -", " '", " hello", " world", "."];
    private static readonly Lazy<byte[]> Valid = new(() => Bytes(Vocabulary));
    private static readonly int[] Script = [TimeZero, 3, 4, 5, TimeZero + 100, End];

    /// <param name="path">Path of the file.</param>
    /// <param name="vocabulary">Its first tokens; whisper.cpp crashes without those that it looks up.</param>
    public static void Write(string path, string[]? vocabulary = null) =>
        File.WriteAllBytes(path, vocabulary is null ? Valid.Value : Bytes(vocabulary));

    private static byte[] Bytes(string[] vocabulary)
    {
        var file = new MemoryStream(10_000_000);
        using var to = new BinaryWriter(file);
        int[] head = [0x67676d6c, Tokens, AudioPositions, State, 1, Layers, TextPositions, State, 1, Layers, Bands, 1, Bands, Bins];
        foreach (var number in head) to.Write(number);
        for (var i = 0; i < Bands * Bins; i++) to.Write(i % Bins == i / Bins ? 1f : 0f);
        WriteVocabulary(to, vocabulary);
        WriteEncoder(to);
        WriteDecoder(to);
        return file.ToArray();
    }

    private static void WriteVocabulary(BinaryWriter to, string[] first)
    {
        to.Write(Written);
        for (var i = 0; i < Written; i++)
        {
            var token = Encoding.UTF8.GetBytes(i < first.Length ? first[i] : $"<{i}>");
            to.Write(token.Length);
            to.Write(token);
        }
    }

    private static void WriteEncoder(BinaryWriter to)
    {
        Floats(to, "encoder.positional_embedding", [State, AudioPositions]);
        Halves(to, "encoder.conv1.weight", [3, Bands, State]);
        Floats(to, "encoder.conv1.bias", [1, State]);
        Halves(to, "encoder.conv2.weight", [3, State, State]);
        Floats(to, "encoder.conv2.bias", [1, State]);
        Norm(to, "encoder.ln_post");
        for (var i = 0; i < Layers; i++) WriteBlock(to, $"encoder.blocks.{i}", ["attn"]);
    }

    private static void WriteDecoder(BinaryWriter to)
    {
        var positions = new float[TextPositions * State];
        var embedding = new Half[Tokens * State];
        for (var i = 0; i < Script.Length; i++)
        {
            positions[(Prompt + i) * State + i] = 50;
            embedding[Script[i] * State + i] = (Half)4;
        }

        Floats(to, "decoder.positional_embedding", [State, TextPositions], positions);
        Halves(to, "decoder.token_embedding.weight", [State, Tokens], embedding);
        Norm(to, "decoder.ln");
        for (var i = 0; i < Layers; i++) WriteBlock(to, $"decoder.blocks.{i}", ["attn", "cross_attn"]);
    }

    private static void WriteBlock(BinaryWriter to, string name, string[] attentions)
    {
        foreach (var attention in attentions)
        {
            Norm(to, $"{name}.{attention}_ln");
            foreach (var part in (string[])["query", "key", "value", "out"])
            {
                Halves(to, $"{name}.{attention}.{part}.weight", [State, State]);
                if (part != "key") Floats(to, $"{name}.{attention}.{part}.bias", [State]);
            }
        }

        Norm(to, $"{name}.mlp_ln");
        Halves(to, $"{name}.mlp.0.weight", [State, 4 * State]);
        Floats(to, $"{name}.mlp.0.bias", [4 * State]);
        Halves(to, $"{name}.mlp.2.weight", [4 * State, State]);
        Floats(to, $"{name}.mlp.2.bias", [State]);
    }

    private static void Norm(BinaryWriter to, string name)
    {
        Floats(to, $"{name}.weight", [State], [.. Enumerable.Repeat(1f, State)]);
        Floats(to, $"{name}.bias", [State]);
    }

    private static void Floats(BinaryWriter to, string name, int[] shape, float[]? values = null) =>
        Tensor(to, name, 0, shape, values ?? new float[Product(shape)]);

    private static void Halves(BinaryWriter to, string name, int[] shape, Half[]? values = null) =>
        Tensor(to, name, 1, shape, values ?? new Half[Product(shape)]);

    private static void Tensor<T>(BinaryWriter to, string name, int type, int[] shape, T[] values) where T : struct
    {
        to.Write(shape.Length);
        to.Write(name.Length);
        to.Write(type);
        foreach (var n in shape) to.Write(n);
        to.Write(Encoding.ASCII.GetBytes(name));
        to.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static int Product(int[] shape) => shape.Aggregate(1, (product, n) => product * n);
}
