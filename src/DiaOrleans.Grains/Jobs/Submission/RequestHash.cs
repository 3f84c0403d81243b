using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>
/// SHA-256 of the canonical form of a request: a version, and its members in ordinal order as JSON, without those that are not set. Two
/// releases agree on a request that sets no member that only one of them knows. A change of the form needs a new version.
/// </summary>
internal static class RequestHash
{
    private const string Version = "1 ";

    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>The hash, hexadecimal.</summary>
    public static string Compute(SpeechRequest request)
    {
        var members = JsonSerializer.SerializeToNode(request, Options)!.AsObject();
        var canonical = new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        return Compute(Version + canonical.ToJsonString());
    }

    /// <summary>SHA-256 of a text in UTF-8, hexadecimal.</summary>
    public static string Compute(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
