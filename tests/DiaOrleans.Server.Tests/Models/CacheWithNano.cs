using System.Security.Cryptography;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Models;

/// <summary>A cache of the Hugging Face hub with the shipped model, as its own library writes it: snapshots of links into blobs.</summary>
internal static class CacheWithNano
{
    private const string Commit = "abc123";

    public static void Write(string cache, string model = "nari-labs--Dia-1.6B")
    {
        var root = Path.Combine(cache, $"models--{model}");
        foreach (var folder in (string[])["blobs", "refs", $"snapshots/{Commit}"]) Directory.CreateDirectory(Path.Combine(root, folder));
        File.WriteAllText(Path.Combine(root, "refs", "main"), Commit);
        foreach (var name in (string[])["config.json", "generation_config.json", "model.safetensors"])
        {
            var content = File.ReadAllBytes(Path.Combine(ModelFolder.Default(), name));
            var blob = Convert.ToHexStringLower(SHA256.HashData(content));
            File.WriteAllBytes(Path.Combine(root, "blobs", blob), content);
            File.CreateSymbolicLink(Path.Combine(root, "snapshots", Commit, name), Path.Combine("..", "..", "blobs", blob));
        }
    }
}
